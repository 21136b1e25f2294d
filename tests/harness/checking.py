"""Programs of named checks on one register: pages.py, checks.py, tls.py and their like.

  PROGRAM                     all, in one register
  PROGRAM --only NAME         one, or several
  PROGRAM --like DIR          on a copy of a register that was made before
  PROGRAM --guard-off GUARD   with a guard taken away (tests/guards)
"""
import argparse

from service import STAFF, Failed, Register


def expect(holds, what):
    if not holds:
        raise Failed(what)


class Checks(dict):
    """By name, in the order of the program; CHECKS.add is the decorator that puts one in."""

    def add(self, function):
        self[function.__name__.replace("_", "-")] = function
        return function

    def run(self, names, options, people, world_of):
        """One after the other in one register with these people; the names of those that fail."""
        wrong = []
        with Register(guard_off=options.guard_off) as register:
            if options.like:
                register.take(options.like)
            else:
                register.make({user: STAFF[user] for user in people})
            world = world_of(register)
            register.take_guard_away()
            for name in names:
                try:
                    self[name](world)
                    print(f"  {name}: holds")
                except Failed as error:
                    print(f"  {name}: FAILS: {str(error)[:1200]}")
                    wrong.append(name)
        return wrong

    def main(self, title, doc, people, world_of, is_possible=lambda name: True):
        """The program's exit code. What is not possible on this machine is left out and said."""
        parser = argparse.ArgumentParser(description=doc.splitlines()[0])
        parser.add_argument("--only", action="append", default=[])
        parser.add_argument("--guard-off")
        parser.add_argument("--like")
        options = parser.parse_args()
        names = options.only or [name for name in self if is_possible(name)]
        wrong = self.run(names, options, people, world_of)
        print(f"{title}: {len(names) - len(wrong)} hold, {len(wrong)} fail")
        for name in self:
            if not options.only and name not in names:
                print(f"  {name}: left out, not possible on this machine")
        return 1 if wrong else 0
