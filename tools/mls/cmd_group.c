/* SPDX-License-Identifier: MIT */
/* create, join, forget, send. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "mls.h"

int
cmd_create(struct app *app)
{
	struct mls_group_options options = MLS_GROUP_OPTIONS_INIT;
	struct mls_group_info_view info;
	int status = args(app, 0, 1), rc;

	if (status == OK)
		status = client_open(app, NULL);
	if (status == OK)
		status = suite_number(app, &options.suite);
	if (status != OK)
		return status;
	if (app->argc > 0)
		options.group_id = text_buf(app->argv[0]);
	rc = mls_group_create(&app->group, app->client, &options);
	if (rc != 0)
		return say_error(app, rc, "cannot create the group");
	status = info_get(app, &info);
	if (status != OK)
		return status;
	fputs("* you created ", stdout);
	group_name(stdout, info.group_id);
	putchar('\n');
	return OK;
}

/* 0 or the library's error. */
static int
join(struct app *app, struct mls_buf welcome, struct mls_buf tree)
{
	mls_change *change = NULL;
	char *text = NULL;
	int rc = mls_group_join(&change, app->client, welcome, tree);

	if (rc == 0) {
		text = show_summary(app, mls_change_summary(change));
		rc = mls_change_apply(change);
	}
	if (rc == 0) {
		mls_group_close(app->group);
		app->group = NULL;
		rc = mls_change_group(&app->group, change);
	}
	if (rc == 0 && text != NULL)
		fputs(text, stdout);
	free(text);
	mls_change_drop(change);
	return rc;
}

/* Whom one is with: the command trusts what it sees, so it shows it. */
int
show_company(const struct app *app)
{
	struct mls_group_info_view info;
	struct mls_identity member;
	const char *before = "";
	int status = info_get(app, &info);
	uint32_t i;

	if (status != OK)
		return status;
	fputs("* members: ", stdout);
	for (i = 0; mls_group_next(&i, app->group, i) == 0; i++) {
		if (mls_group_member(&member, app->group, i) != 0)
			break;
		fputs(before, stdout);
		member_print(stdout, app, i, member.identity);
		before = ", ";
	}
	printf("\n* epoch %llu\n", (unsigned long long)info.epoch);
	return OK;
}

static int
join_file(struct app *app, const char *path)
{
	struct mls_bytes welcome = { NULL, 0 }, tree = { NULL, 0 };
	struct mls_buf w, t;
	int status = file_read(&welcome, path), rc;

	if (status == OK && app->opt.tree != NULL)
		status = file_read(&tree, app->opt.tree);
	if (status == OK) {
		w.data = welcome.data;
		w.len = welcome.len;
		t.data = tree.data;
		t.len = tree.len;
		rc = join(app, w, t);
		status = rc == 0 ? show_company(app) :
		    say_error(app, rc, "cannot join by %s", path);
	}
	mls_bytes_free(&welcome);
	mls_bytes_free(&tree);
	return status;
}

/* A Welcome of the mailbox: joined, or passed over if it is for others. */
static int
join_entry(struct app *app, struct seen *seen, const char *folder,
    const char *name, int *joined)
{
	struct mls_bytes welcome = { NULL, 0 };
	struct mls_buf w, none = { NULL, 0 };
	int rc;

	if (seen_has(seen, name) || file_take(&welcome, folder, name) != 0)
		return OK;
	w.data = welcome.data;
	w.len = welcome.len;
	rc = join(app, w, none);
	mls_bytes_free(&welcome);
	if (rc == 0) {
		++*joined;
		seen_add(seen, name);
		return show_company(app);
	}
	if (rc == MLS_E_GROUP_ID_IN_USE)
		return OK;
	if (rc != MLS_E_WELCOME_NOT_FOR_US)
		return say_error(app, rc, "cannot join by %s", name);
	seen_add(seen, name);
	return OK;
}

static int
join_mailbox(struct app *app)
{
	static const char suffix[] = ".welcome";
	struct seen seen = { NULL, NULL, 0, 0 };
	char *folder = NULL;
	struct dirent *d;
	int status, one, joined = 0;
	DIR *dir = NULL;
	size_t len;

	status = mailbox_folder(&folder, app, "welcomes");
	if (status == OK)
		status = seen_open(&seen, app, "welcomes");
	if (status == OK && (dir = opendir(folder)) == NULL)
		status = say_errno(USAGE, "read the mailbox", folder);
	while (dir != NULL && (d = readdir(dir)) != NULL) {
		len = strlen(d->d_name);
		if (len < sizeof(suffix) || !mailbox_name(d->d_name) ||
		    strcmp(d->d_name + len - sizeof(suffix) + 1, suffix) != 0)
			continue;
		one = join_entry(app, &seen, folder, d->d_name, &joined);
		status = status != OK ? status : one;
	}
	if (dir != NULL)
		closedir(dir);
	if (status == OK && joined == 0)
		status = say(STALE, "the mailbox has no new Welcome for you; "
		    "ask a member to add you, then try again");
	seen_close(&seen);
	free(folder);
	return status;
}

int
cmd_join(struct app *app)
{
	int status = args(app, 0, app->opt.dir != NULL ? 0 : 1);

	if (status == OK)
		status = client_open(app, NULL);
	if (status != OK)
		return status;
	if (app->opt.dir != NULL)
		return join_mailbox(app);
	return join_file(app, app->argc > 0 ? app->argv[0] : "-");
}

int
cmd_forget(struct app *app)
{
	struct mls_group_info_view info;
	struct mls_buf id;
	char *hex;
	int status = args(app, 1, 1), rc;

	/* Never of a default group: what is forgotten is gone. */
	app->opt.group = app->argc > 0 ? app->argv[0] : NULL;
	if (status == OK)
		status = group_open(app);
	if (status == OK)
		status = info_get(app, &info);
	if (status != OK)
		return status;
	hex = text_hex_new(info.group_id);
	id.len = info.group_id.len;
	id.data = malloc(id.len + 1);
	if (hex == NULL || id.data == NULL) {
		status = say(BROKEN, "out of memory");
	} else {
		memcpy((void *)(uintptr_t)id.data, info.group_id.data,
		    id.len);
		mls_group_close(app->group);
		app->group = NULL;
		rc = mls_group_delete(app->client, id);
		if (rc != 0)
			status = say_error(app, rc, "cannot forget it");
		else
			seen_forget(app, hex);
	}
	free((void *)(uintptr_t)id.data);
	free(hex);
	return status;
}

/* The arguments as one text, a blank between each; or standard input. */
static int
message_text(struct mls_bytes *out, const struct app *app)
{
	size_t len = 0, n;
	int i;

	if (app->argc == 0)
		return file_read(out, "-");
	for (i = 0; i < app->argc; i++)
		len += strlen(app->argv[i]) + 1;
	out->data = malloc(len);
	if (out->data == NULL)
		return say(BROKEN, "out of memory");
	out->len = len - 1;
	for (len = 0, i = 0; i < app->argc; i++) {
		if (i > 0)
			out->data[len++] = ' ';
		n = strlen(app->argv[i]);
		memcpy(out->data + len, app->argv[i], n);
		len += n;
	}
	return OK;
}

int
cmd_send(struct app *app)
{
	struct mls_bytes text = { NULL, 0 }, message = { NULL, 0 };
	struct mls_buf b;
	int status = group_open(app), rc;

	if (status == OK)
		status = message_text(&text, app);
	if (status != OK)
		return status;
	b.data = text.data;
	b.len = text.len;
	rc = mls_group_send(&message, app->group, b);
	b.data = message.data;
	b.len = message.len;
	if (rc != 0)
		status = say_error(app, rc, "cannot send");
	else if (app->opt.dir != NULL)
		status = mailbox_put(app, ENTRY_MESSAGE, b);
	else
		status = file_write(app->opt.output, &message);
	mls_bytes_free(&text);
	mls_bytes_free(&message);
	return status;
}
