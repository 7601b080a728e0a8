/* SPDX-License-Identifier: MIT */
/* add, remove, leave, update, commit, pending: what changes a group. */
#include <stdlib.h>
#include <string.h>

#include "mls.h"

static const struct claims no_claims = { NULL, NULL, 0 };

/* A commit of all intents, or a proposal of each. */
static int
carry_out(struct app *app, const struct mls_intent *intents, size_t n,
    uint32_t flags, struct claims *claims)
{
	int status = OK;
	size_t i;

	if (!app->opt.propose)
		return commit_make(app, intents, n, flags, claims);
	if (n > 1 && app->opt.dir == NULL)
		return say(USAGE, "one proposal at a time goes to a file");
	for (i = 0; i < n && status == OK; i++)
		status = proposal_make(app, &intents[i]);
	return status;
}

/* With --dir a name, of whom a key package lies there; else a file.  What has
 * a slash or is "-" is always a file. */
static int
package_get(struct mls_bytes *out, struct claims *claims,
    const struct app *app, const char *what)
{
	if (app->opt.dir == NULL || strchr(what, '/') != NULL ||
	    strcmp(what, "-") == 0)
		return file_read(out, what);
	return mailbox_claim(out, claims, app, text_buf(what));
}

/* Of names by which members go, which are never files; or of `who`. */
static int
get_all(struct mls_intent **out, size_t n, struct claims *claims,
    const struct app *app, char *const *who, const struct mls_bytes *names)
{
	struct mls_intent *v = calloc(n + 1, sizeof(*v));
	struct mls_bytes package;
	int status = OK;
	size_t i;

	if (v == NULL)
		return say(BROKEN, "out of memory");
	for (i = 0; status == OK && i < n; i++) {
		package = (struct mls_bytes){ NULL, 0 };
		status = names != NULL ?
		    mailbox_claim(&package, claims, app,
		    bytes_buf(&names[i])) :
		    package_get(&package, claims, app, who[i]);
		v[i].type = MLS_EFFECT_ADD;
		v[i].key_package = bytes_buf(&package);
	}
	if (status == OK)
		*out = v;
	else
		packages_free(v, n);
	return status;
}

int
packages_get(struct mls_intent **out, size_t n, struct claims *claims,
    const struct app *app, char *const *who)
{
	return get_all(out, n, claims, app, who, NULL);
}

int
packages_of(struct mls_intent **out, size_t n, struct claims *claims,
    const struct app *app, const struct mls_bytes *names)
{
	return get_all(out, n, claims, app, NULL, names);
}

void
packages_free(struct mls_intent *v, size_t n)
{
	struct mls_bytes package;
	size_t i;

	for (i = 0; v != NULL && i < n; i++) {
		package.data = (uint8_t *)(uintptr_t)v[i].key_package.data;
		package.len = v[i].key_package.len;
		mls_bytes_free(&package);
	}
	free(v);
}

int
cmd_add(struct app *app)
{
	struct claims claims = no_claims;
	struct mls_intent *intents = NULL;
	int status = args(app, 1, 1 << 20);
	size_t n = (size_t)app->argc;

	if (status == OK)
		status = group_open(app);
	if (status == OK)
		status = packages_get(&intents, n, &claims, app, app->argv);
	if (status == OK)
		status = carry_out(app, intents, n, 0, &claims);
	/* Of a proposal it is used as well; else, given back. */
	mailbox_claims_end(&claims, status == OK);
	packages_free(intents, n);
	return status;
}

int
cmd_remove(struct app *app)
{
	struct claims claims = no_claims;
	struct mls_intent *intents = NULL;
	int status = args(app, 1, 1 << 20);
	size_t n = (size_t)app->argc, i;

	if (status == OK)
		status = group_open(app);
	if (status == OK) {
		intents = calloc(n, sizeof(*intents));
		if (intents == NULL)
			status = say(BROKEN, "out of memory");
	}
	for (i = 0; status == OK && i < n; i++) {
		intents[i].type = MLS_EFFECT_REMOVE;
		status = member_find(app, &intents[i].leaf, app->argv[i]);
	}
	if (status == OK)
		status = carry_out(app, intents, n, 0, &claims);
	free(intents);
	return status;
}

int
cmd_leave(struct app *app)
{
	struct mls_intent intent = { .type = MLS_EFFECT_SELF_REMOVE };
	int status = args(app, 0, 0);

	if (status == OK)
		status = group_open(app);
	return status == OK ? proposal_make(app, &intent) : status;
}

int
cmd_update(struct app *app)
{
	struct mls_intent intent = { .type = MLS_EFFECT_UPDATE };
	struct claims claims = no_claims;
	uint32_t flags = MLS_COMMIT_FORCE_PATH;
	int status = args(app, 0, 0);

	if (status == OK && app->opt.propose && app->opt.new_key)
		status = say(USAGE, "a new signature key takes a commit; "
		    "leave --propose away");
	if (status == OK)
		status = group_open(app);
	if (status != OK)
		return status;
	if (app->opt.propose)
		return proposal_make(app, &intent);
	if (app->opt.new_key)
		flags |= MLS_COMMIT_NEW_SIGNATURE_KEY;
	return commit_make(app, NULL, 0, flags, &claims);
}

int
cmd_commit(struct app *app)
{
	struct claims claims = no_claims;
	int status = args(app, 0, 0);

	if (status == OK)
		status = group_open(app);
	if (status != OK)
		return status;
	return commit_make(app, NULL, 0, 0, &claims);
}

static int
pending_send(struct app *app, mls_change *change)
{
	struct mls_bytes message = { NULL, 0 }, welcome = { NULL, 0 };
	int status = OK, rc = mls_change_release(&message, change);

	if (rc == 0)
		rc = mls_change_welcome(&welcome, change);
	if (rc != 0)
		status = say_error(app, rc, "cannot give the commit out");
	if (status == OK && welcome.len != 0 && app->opt.welcome != NULL)
		status = file_write(app->opt.welcome, &welcome);
	if (status == OK)
		status = file_write(app->opt.output, &message);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	return status;
}

/* What it does, if the store still knows. */
static int
pending_show(const struct app *app, const struct mls_summary *s)
{
	char *text = NULL;

	printf("a commit of yours, out of epoch %llu, waits\n",
	    (unsigned long long)s->epoch);
	if (s->n_effects != 0)
		text = show_summary(app, s);
	if (text != NULL)
		fputs(text, stdout);
	free(text);
	return OK;
}

static int
pending_do(struct app *app, mls_change *change, const char *what)
{
	int rc;

	if (strcmp(what, "apply") == 0)
		return commit_apply(app, change);
	if (strcmp(what, "send") == 0)
		return pending_send(app, change);
	if (strcmp(what, "cancel") == 0) {
		rc = mls_change_cancel(change);
		return rc == 0 ? OK :
		    say_error(app, rc, "cannot take the commit back");
	}
	if (strcmp(what, "show") != 0)
		return say(USAGE, "there is no 'mls pending %s'; see 'mls "
		    "pending --help'", what);
	return pending_show(app, mls_change_summary(change));
}

/* The commit by which we would come into the group that is named, or one in a
 * group that we are in. */
static int
pending_find(mls_change **out, struct app *app, int *rc)
{
	int status = client_open(app, NULL);

	*rc = 0;
	if (status == OK && app->opt.group != NULL)
		*rc = mls_client_pending(out, app->client,
		    text_buf(app->opt.group));
	if (status != OK || *rc != 0 || *out != NULL)
		return status;
	status = group_open(app);
	if (status == OK)
		*rc = mls_group_pending(out, app->group);
	return status;
}

int
cmd_pending(struct app *app)
{
	const char *what = app->argc > 0 ? app->argv[0] : "show";
	mls_change *change = NULL;
	int status = args(app, 0, 1), rc;

	if (status == OK)
		status = pending_find(&change, app, &rc);
	if (status != OK)
		return status;
	if (rc != 0)
		status = say_error(app, rc, "cannot find the commit");
	else if (change != NULL)
		status = pending_do(app, change, what);
	else if (strcmp(what, "show") != 0)
		status = say(STALE, "no commit of yours waits");
	mls_change_drop(change);
	return status;
}
