/* SPDX-License-Identifier: MIT */
/* init, key-package, psk, groups: what a client has. */
#include <stdlib.h>
#include <string.h>

#include "mls.h"

#define DAY 86400u

int
cmd_init(struct app *app)
{
	int status = args(app, 1, 1);

	if (status == OK && app->argv[0][0] == '\0')
		status = say(USAGE, "a name must not be empty");
	if (status == OK)
		status = client_open(app, app->argv[0]);
	if (status != OK)
		return status;
	text_print(stdout, text_buf(app->argv[0]));
	printf("'s store is %s\n", app->store);
	return OK;
}

int
cmd_key_package(struct app *app)
{
	struct mls_key_package_options options = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_bytes package = { NULL, 0 };
	struct mls_buf b;
	int status = args(app, 0, 0), rc;

	if (status == OK)
		status = client_open(app, NULL);
	if (status == OK)
		status = suite_number(app, &options.suite);
	if (status == OK && app->opt.last_resort && app->opt.dir != NULL)
		status = say(USAGE, "who takes a key package out of a mailbox "
		    "uses it up; give a last resort out as a file");
	if (status != OK)
		return status;
	options.lifetime = (uint64_t)app->opt.days * DAY;
	options.last_resort = app->opt.last_resort;
	rc = mls_key_package_new(&package, app->client, &options);
	b.data = package.data;
	b.len = package.len;
	if (rc != 0)
		status = say_error(app, rc, "cannot make a key package");
	else if (app->opt.dir != NULL)
		status = mailbox_put_key_package(app, b);
	else
		status = file_write(app->opt.output, &package);
	/* Nobody has it: forget its keys. */
	if (rc == 0 && status != OK)
		mls_key_package_delete(app->client, b);
	mls_bytes_free(&package);
	return status;
}

static int
psk_put(struct app *app)
{
	struct mls_bytes value = { NULL, 0 };
	struct mls_buf b;
	int status = args(app, 2, 3), rc;

	if (status == OK)
		status = client_open(app, NULL);
	if (status == OK)
		status = file_read(&value, app->argc > 2 ? app->argv[2] :
		    "-");
	if (status != OK)
		return status;
	b.data = value.data;
	b.len = value.len;
	rc = mls_psk_put(app->client, text_buf(app->argv[1]), b);
	if (rc != 0)
		status = say_error(app, rc, "cannot keep the key");
	mls_bytes_free(&value);
	return status;
}

static int
psk_delete(struct app *app)
{
	int status = args(app, 2, 2), rc;

	if (status == OK)
		status = client_open(app, NULL);
	if (status != OK)
		return status;
	rc = mls_psk_delete(app->client, text_buf(app->argv[1]));
	return rc == 0 ? OK : say_error(app, rc, "cannot delete the key");
}

static int
psk_use(struct app *app)
{
	struct mls_intent intent = { .type = MLS_EFFECT_PSK };
	struct claims none = { NULL, NULL, 0 };
	int status = args(app, 2, 2);

	if (status == OK)
		status = group_open(app);
	if (status != OK)
		return status;
	intent.psk_id = text_buf(app->argv[1]);
	if (app->opt.propose)
		return proposal_make(app, &intent);
	return commit_make(app, &intent, 1, 0, &none);
}

/* One that the group itself left behind in an epoch of its past (§8.6). */
static int
psk_resume(struct app *app)
{
	struct mls_intent intent = { .type = MLS_EFFECT_PSK };
	struct claims none = { NULL, NULL, 0 };
	char *end = NULL;
	int status = args(app, 2, 2);

	if (status == OK) {
		intent.epoch = strtoull(app->argv[1], &end, 10);
		if (*app->argv[1] < '0' || *app->argv[1] > '9' || *end != '\0')
			status = say(USAGE, "an epoch is a number, not '%s'",
			    app->argv[1]);
	}
	if (status == OK)
		status = group_open(app);
	if (status != OK)
		return status;
	if (app->opt.propose)
		return proposal_make(app, &intent);
	return commit_make(app, &intent, 1, 0, &none);
}

int
cmd_psk(struct app *app)
{
	int status = args(app, 1, 3);

	if (status != OK)
		return status;
	if (strcmp(app->argv[0], "put") == 0)
		return psk_put(app);
	if (strcmp(app->argv[0], "delete") == 0)
		return psk_delete(app);
	if (strcmp(app->argv[0], "use") == 0)
		return psk_use(app);
	if (strcmp(app->argv[0], "resume") == 0)
		return psk_resume(app);
	return say(USAGE, "there is no 'mls psk %s'; see 'mls psk --help'",
	    app->argv[0]);
}

static int
group_line(void *payload, struct mls_buf id)
{
	struct mls_group_info_view info = MLS_GROUP_INFO_VIEW_INIT;
	const struct app *app = payload;
	mls_group *group;
	int rc = mls_group_open(&group, app->client, id);

	if (rc == 0) {
		rc = mls_group_info(&info, group);
		if (rc == 0) {
			group_name(stdout, id);
			printf("  epoch %llu, %lu member%s%s%s\n",
			    (unsigned long long)info.epoch,
			    (unsigned long)info.members,
			    info.members == 1 ? "" : "s",
			    info.ended ? ", it has ended" :
			    info.active ? "" : ", you were removed",
			    info.pending ? ", a commit waits" : "");
		}
		mls_group_close(group);
	}
	if (rc != 0)
		say_error(app, rc, "cannot open a group");
	return 0;
}

int
cmd_groups(struct app *app)
{
	int status = args(app, 0, 0), rc;

	if (status == OK)
		status = client_open(app, NULL);
	if (status != OK)
		return status;
	rc = mls_client_groups(app->client, group_line, app);
	return rc == 0 ? OK : say_error(app, rc, "cannot list the groups");
}
