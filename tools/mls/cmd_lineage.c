/* SPDX-License-Identifier: MIT */
/* reinit, successor, branch: groups that follow from others (RFC 9420 §11.2,
 * §11.3). */
#include <stdlib.h>
#include <string.h>

#include "mls.h"

int
cmd_reinit(struct app *app)
{
	struct mls_intent intent = { .type = MLS_EFFECT_REINIT };
	struct claims none = { NULL, NULL, 0 };
	int status = args(app, 0, 1);

	if (status == OK)
		status = group_open(app);
	if (status == OK)
		status = suite_number(app, &intent.suite);
	if (status != OK)
		return status;
	if (app->argc > 0)
		intent.group_id = text_buf(app->argv[0]);
	return app->opt.propose ? proposal_make(app, &intent) :
	    commit_make(app, &intent, 1, 0, &none);
}

/* A group with all of these in it from its first epoch on, in place of the
 * open one; or none. */
static int
follow(struct app *app, const struct mls_group_options *options,
    const struct mls_intent *intents, size_t n, struct claims *claims)
{
	struct mls_group_info_view info;
	mls_group *group;
	struct mls_bytes id;
	int status, rc;

	rc = mls_group_create(&group, app->client, options);
	if (rc != 0)
		return say_error(app, rc, "cannot make the group");
	mls_group_close(app->group);
	app->group = group;
	status = commit_make(app, intents, n, 0, claims);
	if (status == OK || info_get(app, &info) != OK || info.pending ||
	    info.epoch != 0)
		return status;
	if (!bytes_copy(&id, info.group_id))
		return status;
	mls_group_close(app->group);
	app->group = NULL;
	mls_group_delete(app->client, bytes_buf(&id));
	free(id.data);
	return status;
}

static void
names_free(struct mls_bytes *names, size_t n)
{
	size_t i;

	for (i = 0; names != NULL && i < n; i++)
		free(names[i].data);
	free(names);
}

/* All members but us, by name. */
static int
others(struct mls_bytes **out, size_t *n, const struct app *app)
{
	struct mls_group_info_view info;
	struct mls_identity member;
	struct mls_bytes *names;
	uint32_t leaf;
	int status = info_get(app, &info);

	if (status != OK)
		return status;
	names = calloc(info.members, sizeof(*names));
	*n = 0;
	for (leaf = 0; names != NULL && *n + 1 < info.members &&
	    mls_group_next(&leaf, app->group, leaf) == 0; leaf++) {
		if (leaf == info.own_leaf ||
		    mls_group_member(&member, app->group, leaf) != 0)
			continue;
		if (!bytes_copy(&names[*n], member.identity)) {
			names_free(names, *n);
			names = NULL;
		}
		++*n;
	}
	*out = names;
	return names != NULL ? OK : say(BROKEN, "out of memory");
}

/* With those whose key packages these are, of which n are there if status is
 * OK. */
static int
follow_with(struct app *app, struct mls_group_options *options,
    struct mls_intent *intents, size_t n, struct claims *claims, int status)
{
	options->parent = app->group;
	if (status == OK)
		status = follow(app, options, intents, n, claims);
	mailbox_claims_end(claims, status == OK);
	packages_free(intents, n);
	return status;
}

static int
follow_by(struct app *app, struct mls_group_options *options,
    char *const *who, size_t n)
{
	struct claims claims = { NULL, NULL, 0 };
	struct mls_intent *intents = NULL;
	int status = packages_get(&intents, n, &claims, app, who);

	return follow_with(app, options, intents, n, &claims, status);
}

/* A name is whatever a member chose, and so never a file. */
static int
follow_by_all(struct app *app, struct mls_group_options *options)
{
	struct claims claims = { NULL, NULL, 0 };
	struct mls_intent *intents = NULL;
	struct mls_bytes *names = NULL;
	size_t n = 0;
	int status = others(&names, &n, app);

	if (status == OK)
		status = packages_of(&intents, n, &claims, app, names);
	names_free(names, n);
	return follow_with(app, options, intents, n, &claims, status);
}

int
cmd_successor(struct app *app)
{
	struct mls_group_options options = MLS_GROUP_OPTIONS_INIT;
	struct mls_group_info_view info;
	int status = args(app, 0, app->opt.dir != NULL ? 0 : 1 << 20);

	if (status == OK)
		status = group_open(app);
	if (status == OK)
		status = info_get(app, &info);
	if (status == OK && !info.ended)
		status = say(REFUSED, "the group has not ended; that takes a "
		    "commit of 'mls reinit'");
	if (status != OK)
		return status;
	options.lineage = MLS_LINEAGE_REINIT;
	return app->opt.dir != NULL ? follow_by_all(app, &options) :
	    follow_by(app, &options, app->argv, (size_t)app->argc);
}

int
cmd_branch(struct app *app)
{
	struct mls_group_options options = MLS_GROUP_OPTIONS_INIT;
	int status = args(app, 2, 1 << 20);

	if (status == OK)
		status = group_open(app);
	if (status != OK)
		return status;
	options.lineage = MLS_LINEAGE_BRANCH;
	options.group_id = text_buf(app->argv[0]);
	return follow_by(app, &options, app->argv + 1,
	    (size_t)app->argc - 1);
}
