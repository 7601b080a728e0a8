/* SPDX-License-Identifier: MIT */
/* What others sent: judged, shown, applied. */
#include <stdlib.h>
#include <string.h>

#include "mls.h"

/* A message whose key is spent, or that is our own: seen before. */
static bool
known(int rc)
{
	return rc == MLS_E_GENERATION_CONSUMED ||
	    rc == MLS_E_OWN_PRIVATE_MESSAGE;
}

/* What could not be shown is not taken: it would not come again. */
static int
show(const struct app *app, const struct mls_summary *s, const char *text)
{
	if (s->kind != MLS_CHANGE_MESSAGE || !app->opt.raw)
		fputs(text, stdout);
	else if (s->data.len != 0)
		fwrite(s->data.data, 1, s->data.len, stdout);
	return fflush(stdout) == 0 && !ferror(stdout) ? OK :
	    say_errno(BROKEN, "write to", "standard output");
}

static int
show_epoch(const struct app *app, const struct mls_summary *s)
{
	struct mls_group_info_view info;
	int status;

	if (s->kind != MLS_CHANGE_COMMIT || s->removes_us)
		return OK;
	status = info_get(app, &info);
	if (status == OK)
		printf("* epoch %llu\n", (unsigned long long)info.epoch);
	return status;
}

/* Whoever was removed lacks no commit: there is nothing to wait for. */
static int
refuse(const struct app *app, int rc, const char *path)
{
	struct mls_group_info_view info;

	if (info_get(app, &info) == OK && !info.active)
		rc = MLS_E_GROUP_INACTIVE;
	return say_error(app, rc, "cannot take %s", path);
}

int
receive_one(struct app *app, struct mls_buf message, const char *path,
    int expect)
{
	const struct mls_summary *summary;
	mls_change *change = NULL;
	char *text = NULL;
	int status = OK, rc;

	rc = mls_group_process(&change, app->group, message);
	if (rc != 0)
		return expect == ENTRY_MESSAGE && known(rc) ? OK :
		    refuse(app, rc, path);
	/* Words before deeds: a commit may remove those it speaks of. */
	summary = mls_change_summary(change);
	text = show_summary(app, summary);
	if (expect != ENTRY_ANY && (expect == ENTRY_COMMIT) !=
	    (summary->kind == MLS_CHANGE_COMMIT))
		status = say(REFUSED, "%s is not what its name says; remove "
		    "it", path);
	else if (text == NULL)
		status = say(BROKEN, "out of memory");
	if (status == OK)
		status = show(app, summary, text);
	if (status == OK) {
		rc = mls_change_apply(change);
		status = rc == 0 ? show_epoch(app, summary) :
		    say_error(app, rc, "cannot take %s", path);
	}
	free(text);
	mls_change_drop(change);
	return status;
}

/* The group that a message is for becomes the open one. */
static int
group_of(struct app *app, struct mls_buf message, const char *path)
{
	struct mls_buf id;
	uint64_t epoch;
	int rc = mls_message_group(&id, &epoch, message);

	if (rc == MLS_E_UNEXPECTED_WIRE_FORMAT)
		return say(REFUSED, "%s is no message of a group; 'mls join' "
		    "takes a Welcome, 'mls add' a key package", path);
	if (rc != 0)
		return say_error(app, rc, "cannot take %s", path);
	mls_group_close(app->group);
	app->group = NULL;
	rc = mls_group_open(&app->group, app->client, id);
	if (rc == MLS_E_GROUP_NOT_FOUND)
		return say(REFUSED, "%s is for a group that you are not in; "
		    "'mls groups' lists yours", path);
	return rc == 0 ? OK : say_error(app, rc, "cannot open the group");
}

static int
receive_file(struct app *app, const char *path)
{
	struct mls_bytes message = { NULL, 0 };
	struct mls_buf b;
	int status = file_read(&message, path);

	if (status != OK)
		return status;
	b.data = message.data;
	b.len = message.len;
	status = group_of(app, b, path);
	if (status == OK)
		status = receive_one(app, b, path, ENTRY_ANY);
	mls_bytes_free(&message);
	return status;
}

struct ids {
	struct mls_bytes *v;
	size_t n;
};

static int
collect(void *payload, struct mls_buf id)
{
	struct ids *ids = payload;
	struct mls_bytes *v = realloc(ids->v, (ids->n + 1) * sizeof(*v));

	if (v == NULL)
		return 1;
	ids->v = v;
	if (!bytes_copy(&v[ids->n], id))
		return 1;
	ids->n++;
	return 0;
}

static int
worse(int a, int b)
{
	return a != OK ? a : b;
}

/* Every group of the client. */
static int
receive_all(struct app *app)
{
	struct ids ids = { NULL, 0 };
	struct mls_buf id;
	int status = client_open(app, NULL), one, rc;
	size_t i;

	if (status != OK)
		return status;
	rc = mls_client_groups(app->client, collect, &ids);
	if (rc > 0)
		status = say(BROKEN, "out of memory");
	else if (rc < 0)
		status = say_error(app, rc, "cannot list the groups");
	else if (ids.n == 0)
		status = say(STORE, "you are in no group; 'mls join --dir %s'",
		    app->opt.dir);
	for (i = 0; rc == 0 && i < ids.n; i++) {
		id.data = ids.v[i].data;
		id.len = ids.v[i].len;
		if (ids.n > 1) {
			fputs("# ", stdout);
			group_name(stdout, id);
			putchar('\n');
		}
		one = group_use(app, id);
		if (one == OK)
			one = sync_group(app);
		status = worse(status, one);
		fflush(stdout);
		mls_group_close(app->group);
		app->group = NULL;
	}
	for (i = 0; i < ids.n; i++)
		mls_bytes_free(&ids.v[i]);
	free(ids.v);
	return status;
}

int
cmd_receive(struct app *app)
{
	int status = OK, i;

	if (app->opt.dir != NULL) {
		status = args(app, 0, 0);
		if (status != OK)
			return status;
		if (app->opt.group == NULL)
			return receive_all(app);
		status = group_open(app);
		return status == OK ? sync_group(app) : status;
	}
	status = client_open(app, NULL);
	if (status != OK)
		return status;
	if (app->argc == 0)
		return receive_file(app, "-");
	/* In the order given; a later one may need an earlier one. */
	for (i = 0; i < app->argc && status == OK; i++)
		status = receive_file(app, app->argv[i]);
	return status;
}
