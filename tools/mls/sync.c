/* SPDX-License-Identifier: MIT */
/*
 * A group follows its mailbox: what there is of the last epochs and this one,
 * then the commit that ends this one, and so on.
 *
 * A commit of ours that is still parked comes from a crash (or was never
 * posted): it is posted now.  If the mailbox's commit of the epoch is ours, it
 * is applied; if it is another's, applying that voids ours.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mls.h"

#define PAST 3 /* epochs that libmls keeps for late messages */

struct sync {
	struct app *app;
	char *folder;
	struct seen seen;
	int status; /* of files that were refused */
};

static uint64_t
oldest(uint64_t epoch)
{
	return epoch > PAST ? epoch - PAST : 0;
}

static void
take(struct sync *s, const char *name)
{
	struct mls_bytes message = { NULL, 0 };
	struct mls_buf b;
	int status, error = file_take(&message, s->folder, name);

	if (error == 0) {
		b.data = message.data;
		b.len = message.len;
		status = receive_one(s->app, b, name, ENTRY_MESSAGE);
		mls_bytes_free(&message);
	} else {
		errno = error;
		status = say_errno(USAGE, "read", name);
	}
	/* Trouble of our own leaves the file for another time. */
	if (status == OK || status == REFUSED || status == STALE)
		seen_add(&s->seen, name);
	if (s->status == OK)
		s->status = status;
}

/* Proposals of this epoch; messages of this and the last ones. */
static int
take_entries(struct sync *s, uint64_t epoch)
{
	struct entries list = { NULL, 0, 0 };
	int status = mailbox_list(&list, s->folder);
	const struct entry *e;
	size_t i;

	for (i = 0; status == OK && i < list.n; i++) {
		e = &list.v[i];
		if (e->kind == ENTRY_COMMIT || e->epoch > epoch ||
		    e->epoch < oldest(epoch) ||
		    (e->kind == ENTRY_PROPOSAL && e->epoch != epoch) ||
		    seen_has(&s->seen, e->name))
			continue;
		take(s, e->name);
	}
	entries_free(&list);
	return status;
}

/* Our parked commit meets the one of the mailbox: applied if that is it, and
 * *done; else it stays for the other one to void. */
static int
take_own(struct sync *s, struct mls_buf posted, uint64_t epoch, bool *done)
{
	struct mls_bytes ours = { NULL, 0 }, welcome = { NULL, 0 };
	struct mls_buf b;
	mls_change *change = NULL;
	char *text = NULL;
	int status = OK, rc = mls_group_pending(&change, s->app->group);

	*done = false;
	if (rc == 0 && change != NULL)
		rc = mls_change_release(&ours, change);
	b.data = ours.data;
	b.len = ours.len;
	if (rc == 0 && change != NULL && buf_equal(b, posted)) {
		rc = mls_change_welcome(&welcome, change);
		b.data = welcome.data;
		b.len = welcome.len;
		if (rc == 0 && b.len != 0)
			status = mailbox_put_welcome(s->app, epoch, b);
		text = show_summary(s->app, mls_change_summary(change));
		if (rc == 0 && status == OK)
			rc = mls_change_apply(change);
		*done = rc == 0 && status == OK;
	}
	if (rc != 0)
		status = say_error(s->app, rc, "cannot settle our commit");
	if (*done)
		printf("%s* epoch %llu\n", text != NULL ? text : "",
		    (unsigned long long)epoch + 1);
	free(text);
	mls_bytes_free(&ours);
	mls_bytes_free(&welcome);
	mls_change_drop(change);
	return status;
}

static int
take_commit(struct sync *s, struct mls_buf posted, const char *name,
    const struct mls_group_info_view *info)
{
	uint64_t epoch = info->epoch;
	bool pending = info->pending != 0, done = false;
	int status = OK;

	if (pending)
		status = take_own(s, posted, epoch, &done);
	if (status != OK || done)
		return status;
	status = receive_one(s->app, posted, name, ENTRY_COMMIT);
	if (status == OK && pending)
		say(OK, "our commit came too late and is void; do it again "
		    "if it is still wanted");
	else if (status == REFUSED || status == STALE)
		say(status, "epoch %llu cannot end; if everyone refuses %s, "
		    "remove %s/%s", (unsigned long long)epoch, name,
		    s->folder, name);
	return status;
}

/* A parked commit whose epoch nothing has ended in the mailbox: post it. */
static int
post_parked(struct sync *s, uint64_t epoch)
{
	mls_change *change = NULL;
	bool lost = false;
	int status = OK, rc = mls_group_pending(&change, s->app->group);

	if (rc != 0)
		return say_error(s->app, rc, "cannot settle our commit");
	if (change != NULL) {
		say(OK, "posting our commit that was left behind");
		status = commit_settle(s->app, change, s->folder, epoch,
		    &lost);
		/* Another was faster: the next turn meets it. */
		if (lost)
			status = OK;
	}
	mls_change_drop(change);
	return status;
}

/* One turn; *more: the epoch ended, or our commit waits to end it. */
static int
turn(struct sync *s, bool *more)
{
	struct mls_bytes commit = { NULL, 0 };
	struct mls_group_info_view info;
	struct mls_buf posted;
	int status = info_get(s->app, &info), error;
	uint64_t epoch = info.epoch;
	char *name = mailbox_commit_name(epoch);

	*more = false;
	if (status == OK && !info.active)
		status = say(REFUSED, "you were removed from this group; "
		    "'mls forget' it, and ask to be added again");
	if (status == OK && name == NULL)
		status = say(BROKEN, "out of memory");
	if (status != OK) {
		free(name);
		return status;
	}
	/* First look for the commit: what it refers to was there before. */
	error = file_take(&commit, s->folder, name);
	status = take_entries(s, epoch);
	posted.data = commit.data;
	posted.len = commit.len;
	if (status == OK && error == 0) {
		/* The messages may have changed what info borrows. */
		status = info_get(s->app, &info);
		if (status == OK)
			status = take_commit(s, posted, name, &info);
		if (status == OK)
			status = info_get(s->app, &info);
		*more = status == OK && (info.epoch > epoch || !info.active);
	} else if (status == OK && error != ENOENT) {
		errno = error;
		status = say_errno(USAGE, "read", name);
	} else if (status == OK && info.pending) {
		status = post_parked(s, epoch);
		*more = status == OK;
	}
	mls_bytes_free(&commit);
	free(name);
	return status;
}

int
sync_group(struct app *app)
{
	struct sync s = { app, NULL, { NULL, NULL, 0, 0 }, OK };
	struct mls_group_info_view info;
	char *hex = NULL;
	bool more = true;
	int status = info_get(app, &info);

	if (status == OK)
		status = mailbox_group(&s.folder, app, info.group_id);
	if (status == OK) {
		hex = text_hex_new(info.group_id);
		status = hex == NULL ? say(BROKEN, "out of memory") :
		    seen_open(&s.seen, app, hex);
	}
	while (status == OK && more) {
		status = turn(&s, &more);
		if (status == OK && more)
			status = info_get(app, &info);
		/* The commit that removed us is news, not an error. */
		if (status == OK && !info.active)
			more = false;
	}
	if (status == OK)
		seen_keep(&s.seen, oldest(info.epoch));
	seen_close(&s.seen);
	free(hex);
	free(s.folder);
	return status != OK ? status : s.status;
}
