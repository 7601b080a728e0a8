/* SPDX-License-Identifier: MIT */
/* publish, enter, ask: the way in from outside (RFC 9420 §12.4.3.2, §12.1.8). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mls.h"

int
publish_info(const struct app *app, const char *folder)
{
	struct mls_bytes made = { NULL, 0 };
	struct mls_group_info_view info;
	int status = info_get(app, &info), rc;

	if (status != OK || !info.active || info.ended)
		return status;
	rc = mls_group_publish(&made, app->group, 0);
	status = rc == 0 ? mailbox_put_info(folder, info.epoch,
	    bytes_buf(&made)) : say_error(app, rc, "cannot publish the group");
	mls_bytes_free(&made);
	return status;
}

static int
publish_files(const struct app *app)
{
	struct mls_bytes info = { NULL, 0 }, tree = { NULL, 0 };
	int status = OK, rc;

	rc = mls_group_publish(&info, app->group, app->opt.tree != NULL ?
	    MLS_PUBLISH_TREE_BESIDE : 0);
	if (rc == 0 && app->opt.tree != NULL)
		rc = mls_group_tree(&tree, app->group);
	if (rc != 0)
		status = say_error(app, rc, "cannot publish the group");
	if (status == OK && app->opt.tree != NULL)
		status = file_write(app->opt.tree, &tree);
	if (status == OK)
		status = file_write(app->opt.output, &info);
	mls_bytes_free(&info);
	mls_bytes_free(&tree);
	return status;
}

int
cmd_publish(struct app *app)
{
	struct mls_group_info_view info;
	char *folder = NULL;
	int status = args(app, 0, 0);

	if (status == OK)
		status = group_open(app);
	if (status != OK)
		return status;
	if (app->opt.dir == NULL)
		return publish_files(app);
	status = info_get(app, &info);
	if (status == OK)
		status = mailbox_group(&folder, app, info.group_id);
	if (status == OK)
		status = publish_info(app, folder);
	free(folder);
	return status;
}

/* What lets us in: a GroupInfo, and where it lay. */
struct door {
	struct mls_bytes info, tree;
	struct mls_buf id; /* of the group, in info */
	uint64_t epoch;
	char *folder; /* of the mailbox; NULL: a file */
};

static void
door_free(struct door *d)
{
	mls_bytes_free(&d->info);
	mls_bytes_free(&d->tree);
	free(d->folder);
}

/* The mailbox's folder of a group by name, or by id in hex. */
static int
door_folder(char **out, const struct app *app, const char *name)
{
	char *hex = text_hex_new(text_buf(name));
	char *path = hex != NULL ? text_format("%s/%s", app->opt.dir, hex) :
	    NULL;

	free(hex);
	if (path != NULL && access(path, F_OK) != 0 &&
	    strspn(name, "0123456789abcdef") == strlen(name)) {
		free(path);
		path = text_format("%s/%s", app->opt.dir, name);
	}
	if (path == NULL)
		return say(BROKEN, "out of memory");
	if (*name == '\0' || access(path, F_OK) != 0) {
		free(path);
		return say(STALE, "the mailbox has no group '%s'", name);
	}
	*out = path;
	return OK;
}

static int
door_find(struct door *d, struct app *app)
{
	const char *what = app->argc > 0 ? app->argv[0] : "-";
	int status, rc;

	memset(d, 0, sizeof(*d));
	status = args(app, app->opt.dir != NULL ? 1 : 0, 1);
	if (status == OK)
		status = client_open(app, NULL);
	if (status == OK && app->opt.dir != NULL) {
		status = door_folder(&d->folder, app, what);
		if (status == OK)
			status = mailbox_last_info(&d->info, &d->epoch,
			    d->folder);
	} else if (status == OK) {
		status = file_read(&d->info, what);
	}
	if (status == OK && app->opt.tree != NULL)
		status = file_read(&d->tree, app->opt.tree);
	if (status != OK)
		return status;
	rc = mls_message_group(&d->id, &d->epoch, bytes_buf(&d->info));
	return rc == 0 ? OK : say_error(app, rc, "%s is no GroupInfo", what);
}

static int
closed(uint64_t epoch)
{
	return say(STALE, "a commit has ended epoch %llu, and its GroupInfo "
	    "with it; try again, or ask a member for 'mls publish --dir'",
	    (unsigned long long)epoch);
}

static int
enter_mailbox(struct app *app, const struct door *d, mls_change *change)
{
	bool lost = false;
	int status, rc;

	if (mailbox_has_commit(d->folder, d->epoch)) {
		lost = true;
		status = STALE;
	} else {
		status = commit_settle(app, change, d->folder, d->epoch,
		    &lost);
	}
	if (lost) {
		rc = mls_change_cancel(change);
		/* Not released yet: nothing to take back. */
		status = rc == 0 || rc == MLS_E_CHANGE_MISUSE ?
		    closed(d->epoch) :
		    say_error(app, rc, "cannot take our commit back");
	}
	return status == OK ? show_company(app) : status;
}

static int
enter_files(struct app *app, mls_change *change)
{
	struct mls_bytes message = { NULL, 0 };
	int status, rc = mls_change_release(&message, change);

	status = rc == 0 ? file_write(app->opt.output, &message) :
	    say_error(app, rc, "cannot come in");
	mls_bytes_free(&message);
	if (rc != 0)
		return status;
	if (status == OK && app->opt.apply)
		return commit_apply(app, change);
	say(OK, "the commit waits; 'mls pending apply --group GROUP' when the "
	    "others have it, 'mls pending cancel --group GROUP' to take it "
	    "back");
	return status;
}

/* One that a crash left behind: ours if the mailbox has it, else void. */
static int
enter_again(struct app *app, const struct door *d, mls_change *left,
    bool *done)
{
	struct mls_bytes ours = { NULL, 0 }, posted = { NULL, 0 };
	struct mls_buf id;
	uint64_t epoch = 0;
	char *name = NULL;
	int status = OK, error = ENOENT;
	int rc = mls_change_release(&ours, left);

	*done = false;
	if (rc == 0)
		rc = mls_message_group(&id, &epoch, bytes_buf(&ours));
	if (rc == 0)
		name = mailbox_commit_name(epoch);
	if (rc == 0 && name == NULL)
		status = say(BROKEN, "out of memory");
	if (name != NULL && d->folder != NULL)
		error = file_take(&posted, d->folder, name);
	if (error != 0 && error != ENOENT) {
		/* It may have been taken: its keys are not to be lost. */
		errno = error;
		status = say_errno(USAGE, "read", name);
	}
	*done = error == 0 && buf_equal(bytes_buf(&ours),
	    bytes_buf(&posted));
	if (rc == 0 && status == OK && *done)
		status = commit_apply(app, left);
	else if (rc == 0 && status == OK)
		rc = mls_change_cancel(left);
	if (rc != 0)
		status = say_error(app, rc, "cannot settle our commit");
	if (status == OK && *done)
		status = show_company(app);
	free(name);
	mls_bytes_free(&ours);
	mls_bytes_free(&posted);
	return status;
}

static int
enter_new(struct app *app, const struct door *d)
{
	mls_change *change = NULL;
	int status, rc;

	rc = mls_group_join_external(&change, app->client,
	    bytes_buf(&d->info), bytes_buf(&d->tree), NULL);
	if (rc != 0)
		return say_error(app, rc, "cannot come in");
	status = d->folder != NULL ? enter_mailbox(app, d, change) :
	    enter_files(app, change);
	mls_change_drop(change);
	return status;
}

int
cmd_enter(struct app *app)
{
	mls_change *left = NULL;
	struct door door;
	bool done = false;
	int status = door_find(&door, app), rc;

	if (status == OK && door.folder != NULL) {
		rc = mls_client_pending(&left, app->client, door.id);
		if (rc != 0)
			status = say_error(app, rc, "cannot find the commit");
		else if (left != NULL)
			status = enter_again(app, &door, left, &done);
		mls_change_drop(left);
	}
	if (status == OK && !done)
		status = enter_new(app, &door);
	door_free(&door);
	return status;
}

static int
ask(struct app *app, const struct door *d, const struct mls_bytes *package)
{
	struct mls_bytes message = { NULL, 0 };
	int status, rc;

	rc = mls_propose_join(&message, app->client, d->id, d->epoch,
	    bytes_buf(package));
	if (rc != 0)
		return say_error(app, rc, "cannot ask");
	status = d->folder != NULL ?
	    mailbox_put(app, ENTRY_PROPOSAL, bytes_buf(&message)) :
	    file_write(app->opt.output, &message);
	mls_bytes_free(&message);
	return status;
}

int
cmd_ask(struct app *app)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_bytes package = { NULL, 0 };
	struct door door;
	int status = door_find(&door, app), rc;

	if (status == OK && door.folder != NULL &&
	    mailbox_has_commit(door.folder, door.epoch))
		status = closed(door.epoch);
	if (status == OK) {
		rc = mls_message_suite(&o.suite, bytes_buf(&door.info));
		if (rc == 0)
			rc = mls_key_package_new(&package, app->client, &o);
		status = rc == 0 ? ask(app, &door, &package) :
		    say_error(app, rc, "cannot make a key package");
		/* Nobody has it: forget its keys. */
		if (rc == 0 && status != OK)
			mls_key_package_delete(app->client,
			    bytes_buf(&package));
	}
	mls_bytes_free(&package);
	door_free(&door);
	return status;
}
