/* Each person's pace. It must never keep anybody waiting for what somebody else asked. */
#include "register/pace.h"

#include <string.h>

#define HOUR_US (UINT64_C(3600) * 1000000)

bool pace_take(struct pace *pace, struct id who, unsigned questions, uint64_t now_us)
{
  size_t place = 0;
  uint64_t from, to;

  for (size_t i = 0; i < PACE_PEOPLE; i++) {
    bool is_theirs = memcmp(pace->at[i].who.b, who.b, ID_BYTES) == 0;

    if (is_theirs || pace->at[i].free_us < pace->at[place].free_us) place = i;
    if (is_theirs) break;
  }
  from = memcmp(pace->at[place].who.b, who.b, ID_BYTES) == 0 ? pace->at[place].free_us : 0;
  if (from < now_us) from = now_us;
  to = from + questions * (HOUR_US / PACE_AN_HOUR);
  if (to - now_us > HOUR_US) return false;
  pace->at[place].who = who;
  pace->at[place].free_us = to;
  return true;
}
