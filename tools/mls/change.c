/* SPDX-License-Identifier: MIT */
/* Our own commits and proposals: made, released, handed over, settled. */
#include <errno.h>
#include <stdlib.h>

#include "mls.h"

void
send_options(struct mls_send_options *send, const struct app *app)
{
	if (app->opt.public)
		send->framing = MLS_FRAMING_PUBLIC;
}

int
proposal_make(struct app *app, const struct mls_intent *intent)
{
	struct mls_send_options send = MLS_SEND_OPTIONS_INIT;
	struct mls_bytes message = { NULL, 0 };
	mls_change *change = NULL;
	char *text = NULL;
	int status = OK, rc;

	send_options(&send, app);
	rc = mls_group_make_proposal(&change, app->group, intent, &send);
	if (rc == 0) {
		text = show_summary(app, mls_change_summary(change));
		rc = mls_change_release(&message, change);
	}
	if (rc != 0)
		status = say_error(app, rc, "cannot propose this");
	else if (app->opt.dir != NULL)
		status = mailbox_put(app, ENTRY_PROPOSAL, bytes_buf(&message));
	else
		status = file_write(app->opt.output, &message);
	if (status == OK && text != NULL)
		fputs(text, app->opt.dir != NULL ? stdout : stderr);
	free(text);
	mls_bytes_free(&message);
	mls_change_drop(change);
	return status;
}

/* After a commit of ours was accepted. */
int
commit_apply(struct app *app, mls_change *change)
{
	struct mls_group_info_view info;
	char *text = show_summary(app, mls_change_summary(change));
	FILE *out = app->opt.dir != NULL ? stdout : stderr;
	int rc = mls_change_apply(change), status;

	if (rc == 0 && app->group == NULL)
		rc = mls_change_group(&app->group, change);
	status = rc == 0 ? info_get(app, &info) :
	    say_error(app, rc, "cannot apply the commit");
	if (status == OK) {
		fputs(text != NULL ? text : "", out);
		fprintf(out, "* epoch %llu\n", (unsigned long long)info.epoch);
	}
	free(text);
	return status;
}

int
commit_settle(struct app *app, mls_change *change, const char *folder,
    uint64_t epoch, bool *lost)
{
	struct mls_bytes message = { NULL, 0 }, welcome = { NULL, 0 };
	char *name = mailbox_commit_name(epoch);
	int status = OK, error, rc;

	*lost = false;
	rc = mls_change_release(&message, change);
	if (rc == 0)
		rc = mls_change_welcome(&welcome, change);
	if (rc != 0) {
		status = say_error(app, rc, "cannot give the commit out");
		goto out;
	}
	error = name != NULL ? file_post(folder, name, bytes_buf(&message)) :
	    ENOMEM;
	if (error == EEXIST) {
		*lost = true;
		status = STALE;
	} else if (error != 0) {
		errno = error;
		status = say_errno(USAGE, "write into the mailbox", folder);
	}
	/* Before it is applied: after a crash between the two it is found
	 * parked, and both are done again. */
	if (status == OK && welcome.len != 0)
		status = mailbox_put_welcome(app, epoch, bytes_buf(&welcome));
	if (status == OK)
		status = commit_apply(app, change);
	/* A group that is open to others stays so. */
	if (status == OK && mailbox_has_info(folder, epoch))
		status = publish_info(app, folder);
out:
	free(name);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	return status;
}

static int
too_late(uint64_t epoch)
{
	return say(STALE, "another commit has ended epoch %llu already, ours "
	    "is not done; 'mls receive --dir DIR' first, then try again",
	    (unsigned long long)epoch);
}

static int
commit_to_mailbox(struct app *app, mls_change *change, struct claims *claims)
{
	struct mls_group_info_view info;
	char *folder = NULL;
	int status = info_get(app, &info), rc;
	uint64_t epoch = info.epoch;
	bool lost = false;

	if (status == OK)
		status = mailbox_group(&folder, app, info.group_id);
	if (status != OK)
		return status;
	if (mailbox_has_commit(folder, epoch)) {
		free(folder);
		return too_late(epoch);
	}
	status = commit_settle(app, change, folder, epoch, &lost);
	free(folder);
	if (lost) {
		rc = mls_change_cancel(change);
		return rc == 0 ? too_late(epoch) :
		    say_error(app, rc, "cannot take our commit back");
	}
	if (status == OK) {
		mailbox_claims_end(claims, true);
	} else if (info_get(app, &info) == OK && info.pending) {
		/* It may be posted already. */
		mailbox_claims_end(claims, true);
		say(status, "the commit waits; 'mls receive --dir DIR' "
		    "carries on, 'mls pending cancel' takes it back");
	}
	return status;
}

static int
commit_to_files(struct app *app, mls_change *change)
{
	struct mls_bytes message = { NULL, 0 }, welcome = { NULL, 0 };
	struct mls_bytes tree = { NULL, 0 };
	int status = OK, rc;

	rc = mls_change_release(&message, change);
	if (rc == 0)
		rc = mls_change_welcome(&welcome, change);
	if (rc == 0 && app->opt.tree != NULL)
		rc = mls_change_tree(&tree, change);
	if (rc != 0)
		status = say_error(app, rc, "cannot commit");
	if (status == OK && welcome.len != 0 && app->opt.welcome != NULL)
		status = file_write(app->opt.welcome, &welcome);
	if (status == OK && app->opt.tree != NULL)
		status = file_write(app->opt.tree, &tree);
	if (status == OK)
		status = file_write(app->opt.output, &message);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	mls_bytes_free(&tree);
	if (rc != 0)
		return status;
	if (status == OK && app->opt.apply)
		return commit_apply(app, change);
	say(OK, "the commit waits; 'mls pending apply' when the others have "
	    "it, 'mls pending cancel' to take it back, 'mls pending send' to "
	    "give it out again");
	return status;
}

static bool
adds_someone(const struct mls_summary *s)
{
	size_t i;

	for (i = 0; i < s->n_effects; i++)
		if (s->effects[i].type == MLS_EFFECT_ADD)
			return true;
	return false;
}

int
commit_make(struct app *app, const struct mls_intent *intents, size_t n,
    uint32_t flags, struct claims *claims)
{
	struct mls_commit_options options = MLS_COMMIT_OPTIONS_INIT;
	struct mls_send_options send = MLS_SEND_OPTIONS_INIT;
	const struct mls_summary *summary;
	mls_change *change = NULL;
	int status, rc;

	send_options(&send, app);
	options.intents = intents;
	options.n_intents = n;
	options.flags = flags;
	options.send = &send;
	if (app->opt.tree != NULL)
		options.flags |= MLS_COMMIT_TREE_BESIDE;
	rc = mls_group_make_commit(&change, app->group, &options);
	if (rc != 0)
		return say_error(app, rc, "cannot commit");
	summary = mls_change_summary(change);
	show_left_out(app, summary);
	if (app->opt.dir != NULL)
		status = commit_to_mailbox(app, change, claims);
	else if (app->opt.welcome == NULL && adds_someone(summary))
		status = say(USAGE, "whom this adds needs a Welcome; say "
		    "where it goes: --welcome FILE, or --dir DIR");
	else
		status = commit_to_files(app, change);
	mls_change_drop(change);
	return status;
}
