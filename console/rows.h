/* The functions that pages.def names, each file its own. */
#ifndef CONSOLE_ROWS_H
#define CONSOLE_ROWS_H

#include "base/err.h"

struct page;

/* on_session.c */
enum err ask_sign_in(struct page *page);
enum err ask_sign_out(struct page *page);
void show_sign_in(struct page *page);
void show_signed_in(struct page *page);
void show_signed_out(struct page *page);
void show_exit(struct page *page);
enum err ask_password(struct page *page);
void show_password(struct page *page);
void show_password_changed(struct page *page);

/* on_relations.c */
enum err ask_relations(struct page *page);
enum err ask_relation_make(struct page *page);
enum err ask_relation_end(struct page *page);
void show_relations(struct page *page);
void show_relation_form(struct page *page);
void show_relation_made(struct page *page);
void show_relation_ended(struct page *page);
/* on_policy.c */
enum err ask_policy(struct page *page);
void show_policy(struct page *page);
enum err ask_policy_off(struct page *page);
void show_policy_off(struct page *page);

/* on_find.c */
enum err ask_my_list(struct page *page);
enum err ask_find(struct page *page);
void show_my_list(struct page *page);
void show_find(struct page *page);
void show_found(struct page *page);

/* on_record.c */
enum err ask_record(struct page *page);
enum err ask_record_view(struct page *page);
void show_record(struct page *page);
void show_record_refused(struct page *page);
void show_record_ask(struct page *page);

/* on_protect.c */
enum err ask_protect(struct page *page);
enum err ask_lower(struct page *page);
void show_protect(struct page *page);
void show_protect_again(struct page *page);
void show_lower(struct page *page);
void show_lower_form(struct page *page);

/* on_note.c */
enum err ask_note(struct page *page);
enum err ask_event(struct page *page);
void show_note(struct page *page);
void show_note_again(struct page *page);
void show_event(struct page *page);
void show_event_again(struct page *page);

/* on_change.c */
enum err ask_change(struct page *page);
enum err ask_add(struct page *page);
void show_change(struct page *page);
void show_change_again(struct page *page);
void show_add(struct page *page);
void show_add_again(struct page *page);

/* on_entry_new.c */
enum err ask_entry_new(struct page *page);
void show_entry_new(struct page *page);
void show_entry_made(struct page *page);

/* on_import.c */
enum err ask_import(struct page *page);
enum err ask_import_state(struct page *page);
enum err ask_import_take(struct page *page);
void show_import(struct page *page);
void show_import_begun(struct page *page);
void show_import_state(struct page *page);

/* on_first.c */
enum err ask_waiting(struct page *page);
enum err ask_first(struct page *page);
void show_waiting(struct page *page);
void show_first(struct page *page);
void show_first_refused(struct page *page);

/* on_share.c, on_share_preview.c */
enum err ask_recipients(struct page *page);
enum err ask_share(struct page *page);
enum err ask_share_preview(struct page *page);
void show_recipients(struct page *page);
void show_share(struct page *page);
void show_share_ask(struct page *page);
void show_share_weigh(struct page *page);
void show_share_again(struct page *page);
void show_share_preview(struct page *page);
void show_shared(struct page *page);

/* on_receipt.c */
enum err ask_disclosure(struct page *page);
enum err ask_disclosure_compare(struct page *page);
void show_disclosure_compared(struct page *page);
enum err ask_disclosure_decide(struct page *page);
enum err ask_package(struct page *page);
void show_disclosure(struct page *page);
void show_disclosure_decided(struct page *page);

/* on_paper.c */
enum err ask_paper(struct page *page);
enum err ask_tell(struct page *page);
void show_paper(struct page *page);
void show_told(struct page *page);

/* on_returned.c */
enum err ask_return(struct page *page);
void show_return_again(struct page *page);
void show_returned(struct page *page);

/* on_stop.c */
enum err ask_recall(struct page *page);
enum err ask_stop(struct page *page);
enum err ask_stop_done(struct page *page);
enum err ask_stop_package(struct page *page);
enum err ask_stops(struct page *page);
void show_recall(struct page *page);
void show_recalled(struct page *page);
void show_stop(struct page *page);
void show_stop_again(struct page *page);
void show_stop_done(struct page *page);
void show_stops(struct page *page);

/* on_recipient.c */
enum err ask_recipient(struct page *page);
enum err ask_recipient_end(struct page *page);
enum err ask_recipient_key(struct page *page);
enum err ask_recipient_make(struct page *page);
enum err ask_recipient_stop_key(struct page *page);
void show_recipient(struct page *page);
void show_recipient_ended(struct page *page);
void show_recipient_key(struct page *page);
void show_recipient_key_again(struct page *page);
void show_recipient_stopped(struct page *page);
void show_recipient_made(struct page *page);
void show_recipient_new(struct page *page);

/* on_approvals.c */
enum err ask_account_decide(struct page *page);
enum err ask_approvals(struct page *page);
enum err ask_recipient_decide(struct page *page);
enum err ask_relation_decide(struct page *page);
void show_approvals(struct page *page);
void show_decided(struct page *page);

/* on_budget.c */
enum err ask_budget_raise(struct page *page);
enum err ask_budgets(struct page *page);
void show_budget_raise(struct page *page);
void show_budget_raised(struct page *page);
void show_budgets(struct page *page);

/* on_danger.c */
enum err ask_danger(struct page *page);
void show_danger(struct page *page);
void show_danger_given(struct page *page);

/* on_deputy.c */
enum err ask_deputies(struct page *page);
enum err ask_deputy_decide(struct page *page);
enum err ask_deputy_end(struct page *page);
enum err ask_deputy_make(struct page *page);
void show_deputies(struct page *page);
void show_deputy_ended(struct page *page);
void show_deputy_form(struct page *page);
void show_deputy_made(struct page *page);

/* on_named.c */
enum err ask_named(struct page *page);
enum err ask_named_decide(struct page *page);
enum err ask_named_end(struct page *page);
enum err ask_named_make(struct page *page);
void show_named(struct page *page);
void show_named_ended(struct page *page);
void show_named_form(struct page *page);
void show_named_made(struct page *page);

/* on_notice.c */
enum err ask_notice_answer(struct page *page);
enum err ask_notices(struct page *page);
void show_notice_again(struct page *page);
void show_notice_answered(struct page *page);
void show_notice_review(struct page *page);
void show_notices(struct page *page);

/* on_opening.c */
enum err ask_opening(struct page *page);
void show_opening(struct page *page);
void show_opened(struct page *page);
void show_my_key(struct page *page);
void show_check_log(struct page *page);

/* on_review.c */
enum err ask_review(struct page *page);
void show_review(struct page *page);

#endif
