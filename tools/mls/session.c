/* SPDX-License-Identifier: MIT */
/* From the options to a context, a client and a group. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mls.h"

/* The command trusts on first use: whoever shows a name may take part under
 * it, is shown, and keeps it. */
static int
judge(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	(void)where;
	if (identity->credential_type != MLS_CREDENTIAL_BASIC ||
	    identity->identity.len == 0)
		return 1;
	return previous != NULL &&
	    (previous->credential_type != MLS_CREDENTIAL_BASIC ||
	    !buf_equal(previous->identity, identity->identity));
}

static void
log_line(void *payload, int level, const char *text)
{
	static const char *const names[] = { "error", "warning", "info",
		"debug" };
	struct app *app = payload;

	if (level == MLS_LOG_ERROR)
		snprintf(app->cause, sizeof(app->cause), "%s", text);
	if (level < 0 || level > MLS_LOG_DEBUG || level >= app->opt.verbose)
		return;
	fprintf(stderr, "mls: %s: ", names[level]);
	text_print(stderr, text_buf(text));
	fputc('\n', stderr);
}

int
context_open(struct app *app)
{
	struct mls_context_options options = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_policy policy = MLS_POLICY_INIT;
	int rc;

	if (app->context != NULL)
		return OK;
	policy.credential = judge;
	/* Whoever has a group's GroupInfo got it of a member. */
	policy.external = MLS_EXTERNAL_JOIN | MLS_EXTERNAL_ADD;
	policy.drafts = MLS_DRAFT_SELF_REMOVE;
	options.policy = &policy;
	options.log = log_line;
	options.log_payload = app;
	rc = mls_context_new(&app->context, &options);
	return rc == 0 ? OK : say_error(app, rc, "cannot start");
}

int
store_folder(struct app *app)
{
	const char *env;

	if (app->store != NULL)
		return OK;
	if (app->opt.store != NULL)
		app->store = text_format("%s", app->opt.store);
	else if ((env = getenv("MLS_STORE")) != NULL && *env != '\0')
		app->store = text_format("%s", env);
	else if ((env = getenv("XDG_DATA_HOME")) != NULL && *env == '/')
		app->store = text_format("%s/mls", env);
	else if ((env = getenv("HOME")) != NULL && *env != '\0')
		app->store = text_format("%s/.local/share/mls", env);
	else
		return say(USAGE, "there is no $HOME to keep a store in; "
		    "say --store DIR");
	return app->store != NULL ? OK : say(BROKEN, "out of memory");
}

static int
folder_check(struct app *app, bool create)
{
	struct stat st;
	int status = store_folder(app);

	if (status == OK && create)
		status = folder_make(app->store, 0700);
	if (status != OK)
		return status;
	if (stat(app->store, &st) != 0) {
		if (errno == ENOENT)
			return say(STORE, "there is no store at %s; make one "
			    "with 'mls init NAME'", app->store);
		return say_errno(STORE, "look at the store", app->store);
	}
	if (!S_ISDIR(st.st_mode))
		return say(STORE, "the store %s is not a folder; say --store "
		    "DIR", app->store);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return say(STORE, "the store %s is another user's",
		    app->store);
	if ((st.st_mode & 077) != 0)
		return say(STORE, "the store %s is open to others; "
		    "'chmod 700' it", app->store);
	return OK;
}

int
client_open(struct app *app, const char *create)
{
	struct mls_client_options options = MLS_CLIENT_OPTIONS_INIT;
	struct mls_param param;
	struct mls_buf name;
	char *path = NULL;
	int rc, status;

	if (app->client != NULL)
		return OK;
	status = folder_check(app, create != NULL);
	if (status == OK)
		status = context_open(app);
	if (status != OK)
		return status;
	path = text_format("%s/store.sqlite", app->store);
	if (path == NULL)
		return say(BROKEN, "out of memory");
	param.name = "path";
	param.value = path;
	options.keystore = "sqlite";
	options.params = &param;
	options.n_params = 1;
	rc = mls_client_open(&app->client, app->context, &options);
	if (create != NULL && rc == 0) {
		name = mls_client_identity(app->client);
		fprintf(stderr, "mls: the store %s is ", app->store);
		text_print(stderr, name);
		fputs("'s already; say --store DIR for another\n", stderr);
		status = STORE;
	} else if (create != NULL && rc == MLS_E_CLIENT_NOT_FOUND) {
		options.identity = text_buf(create);
		rc = mls_client_create(&app->client, app->context, &options);
	}
	if (rc != 0)
		status = say_error(app, rc, "cannot %s the store %s",
		    create != NULL ? "make" : "open", app->store);
	free(path);
	return status;
}

int
group_use(struct app *app, struct mls_buf id)
{
	int rc = mls_group_open(&app->group, app->client, id);

	if (rc == 0)
		return OK;
	return say_error(app, rc, "cannot open the group");
}

struct search {
	const char *wanted; /* or NULL */
	struct mls_bytes found;
	int matches;
	bool exact, failed;
};

static int
match(void *payload, struct mls_buf id)
{
	struct search *s = payload;
	struct mls_buf wanted = { NULL, 0 };
	bool exact = false, fits = s->wanted == NULL;
	char *hex = text_hex_new(id);

	if (s->wanted != NULL && hex != NULL) {
		wanted = text_buf(s->wanted);
		exact = buf_equal(wanted, id) || strcmp(hex, s->wanted) == 0;
		fits = exact || strncmp(hex, s->wanted, wanted.len) == 0 ||
		    (wanted.len < id.len &&
		    memcmp(id.data, wanted.data, wanted.len) == 0);
	}
	s->failed |= hex == NULL;
	free(hex);
	if (!fits || (s->exact && !exact))
		return s->failed;
	s->matches = exact && !s->exact ? 1 : s->matches + 1;
	s->exact = exact;
	free(s->found.data);
	s->found.data = malloc(id.len + 1);
	s->found.len = id.len;
	if (s->found.data == NULL)
		s->failed = true;
	else if (id.len != 0)
		memcpy(s->found.data, id.data, id.len);
	return s->failed;
}

int
group_open(struct app *app)
{
	struct search s = { NULL, { NULL, 0 }, 0, false, false };
	struct mls_buf id;
	int status = client_open(app, NULL), rc;

	if (status != OK)
		return status;
	s.wanted = app->opt.group != NULL ? app->opt.group :
	    getenv("MLS_GROUP");
	rc = mls_client_groups(app->client, match, &s);
	id.data = s.found.data;
	id.len = s.found.len;
	if (s.failed)
		status = say(BROKEN, "out of memory");
	else if (rc != 0)
		status = say_error(app, rc, "cannot list the groups");
	else if (s.matches == 0 && s.wanted != NULL)
		status = say(STORE, "no group is called '%s'; 'mls groups' "
		    "lists them", s.wanted);
	else if (s.matches == 0)
		status = say(STORE, "you are in no group; 'mls create' one, "
		    "or 'mls join' one");
	else if (s.matches > 1)
		status = say(USAGE, "%s; say which: --group GROUP",
		    s.wanted != NULL ? "several groups are called so" :
		    "you are in several groups");
	else
		status = group_use(app, id);
	free(s.found.data);
	return status;
}

void
app_close(struct app *app)
{
	mls_group_close(app->group);
	mls_client_close(app->client);
	mls_context_free(app->context);
	free(app->store);
}

int
suite_number(const struct app *app, uint16_t *out)
{
	const char *name;
	unsigned long v;
	char *end;

	*out = 0;
	if (app->opt.suite == NULL)
		return OK;
	v = strtoul(app->opt.suite, &end, 0);
	if (*end == '\0' && v > 0 && v <= 0xffff) {
		*out = (uint16_t)v;
		return OK;
	}
	for (v = 1; v <= 0xffff; v++) {
		name = mls_suite_name(app->context, (uint16_t)v);
		if (name != NULL && strcmp(name, app->opt.suite) == 0) {
			*out = (uint16_t)v;
			return OK;
		}
	}
	return say(USAGE, "there is no ciphersuite '%s'; 'mls-provider list' "
	    "shows those there are", app->opt.suite);
}

int
info_get(const struct app *app, struct mls_group_info_view *out)
{
	int rc;

	memset(out, 0, sizeof(*out));
	out->size = sizeof(*out);
	rc = mls_group_info(out, app->group);
	return rc == 0 ? OK : say_error(app, rc, "cannot read the group");
}

/* Another member of the same name, or MLS_NO_LEAF. */
static uint32_t
namesake(const struct app *app, uint32_t leaf, struct mls_buf identity)
{
	struct mls_identity other;
	uint32_t i = 0;

	for (i = 0; mls_group_next(&i, app->group, i) == 0; i++)
		if (i != leaf &&
		    mls_group_member(&other, app->group, i) == 0 &&
		    buf_equal(other.identity, identity))
			return i;
	return MLS_NO_LEAF;
}

void
member_print(FILE *out, const struct app *app, uint32_t leaf,
    struct mls_buf identity)
{
	text_print(out, identity);
	if (app->group != NULL && leaf != MLS_NO_LEAF &&
	    namesake(app, leaf, identity) != MLS_NO_LEAF)
		fprintf(out, " (leaf %lu)", (unsigned long)leaf);
}

int
member_find(const struct app *app, uint32_t *out, const char *who)
{
	struct mls_identity member;
	unsigned long v;
	uint32_t leaf;
	char *end;
	int rc = mls_group_find(&leaf, app->group, text_buf(who));

	if (rc == 0 && namesake(app, leaf, text_buf(who)) != MLS_NO_LEAF)
		return say(USAGE, "several members are called '%s'; say the "
		    "leaf number that 'mls members' shows", who);
	if (rc == MLS_E_MEMBER_NOT_FOUND && *who >= '0' && *who <= '9') {
		v = strtoul(who, &end, 10);
		if (*end == '\0' && v < MLS_NO_LEAF) {
			leaf = (uint32_t)v;
			rc = mls_group_member(&member, app->group, leaf);
		}
	}
	if (rc != 0)
		return say_error(app, rc, "cannot find '%s'", who);
	*out = leaf;
	return OK;
}
