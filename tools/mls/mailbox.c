/* SPDX-License-Identifier: MIT */
/*
 * The mailbox: a folder that the members share.
 *
 *   key-packages/NAME.UNIQUE.kp      to add NAME with; claimed by renaming
 *   welcomes/GROUP-EPOCH.welcome     of the commit that ended EPOCH
 *   GROUP/EPOCH-commit               the one commit that ends EPOCH
 *   GROUP/EPOCH-info                 a GroupInfo, if the group is open
 *   GROUP/EPOCH-proposal-TIME-UNIQUE
 *   GROUP/EPOCH-message-TIME-UNIQUE
 *
 * GROUP is the group id in hex.  Files come into being whole and under a name
 * that was free, by link(2): of two commits of an epoch one wins.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mls.h"

#define ID_MAX 100 /* octets of a group id or name, for NAME_MAX's sake */
#define KEY_PACKAGES "key-packages"

int
mailbox_folder(char **out, const struct app *app, const char *sub)
{
	struct stat st;
	char *path;
	int status = OK;

	if (stat(app->opt.dir, &st) != 0)
		return say_errno(USAGE, "use the mailbox", app->opt.dir);
	path = text_format("%s/%s", app->opt.dir, sub);
	if (path == NULL)
		return say(BROKEN, "out of memory");
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		status = say_errno(USAGE, "make the folder", path);
	if (status == OK)
		*out = path;
	else
		free(path);
	return status;
}

int
mailbox_group(char **out, const struct app *app, struct mls_buf id)
{
	char *hex;
	int status;

	if (id.len > ID_MAX)
		return say(USAGE, "the group's id is too long for a mailbox; "
		    "pass its messages as files");
	hex = text_hex_new(id);
	if (hex == NULL)
		return say(BROKEN, "out of memory");
	status = mailbox_folder(out, app, hex);
	free(hex);
	return status;
}

char *
mailbox_commit_name(uint64_t epoch)
{
	return text_format("%llu-commit", (unsigned long long)epoch);
}

static int
post(const char *folder, const char *name, struct mls_buf data)
{
	int error = name != NULL ? file_post(folder, name, data) : ENOMEM;

	if (error == 0)
		return OK;
	errno = error;
	return say_errno(USAGE, "write into the mailbox", folder);
}

int
mailbox_put(const struct app *app, int kind, struct mls_buf data)
{
	char *folder = NULL, *name = NULL, random[UNIQUE_SIZE];
	struct timespec now;
	struct mls_buf id;
	uint64_t epoch;
	int status, rc = mls_message_group(&id, &epoch, data);

	if (rc != 0)
		return say_error(app, rc, "cannot post the message");
	status = mailbox_group(&folder, app, id);
	if (status == OK)
		status = unique(random);
	if (status == OK) {
		clock_gettime(CLOCK_REALTIME, &now);
		name = text_format("%llu-%s-%012lld%09ld-%s",
		    (unsigned long long)epoch,
		    kind == ENTRY_PROPOSAL ? "proposal" : "message",
		    (long long)now.tv_sec, now.tv_nsec, random);
		status = post(folder, name, data);
	}
	/* Our own need no second look. */
	if (status == OK)
		seen_note(app, strrchr(folder, '/') + 1, name);
	free(name);
	free(folder);
	return status;
}

int
mailbox_put_welcome(const struct app *app, uint64_t epoch,
    struct mls_buf welcome)
{
	struct mls_group_info_view info;
	char *folder = NULL, *hex = NULL, *name = NULL;
	int status = info_get(app, &info), error;

	if (status == OK)
		status = mailbox_folder(&folder, app, "welcomes");
	if (status != OK)
		return status;
	hex = text_hex_new(info.group_id);
	if (hex != NULL)
		name = text_format("%s-%llu.welcome", hex,
		    (unsigned long long)epoch);
	error = name != NULL ? file_post(folder, name, welcome) : ENOMEM;
	/* There already: from before a crash. */
	if (error != 0 && error != EEXIST) {
		errno = error;
		status = say_errno(USAGE, "write into the mailbox", folder);
	}
	free(name);
	free(hex);
	free(folder);
	return status;
}

static char *
info_name(uint64_t epoch)
{
	return text_format("%llu-info", (unsigned long long)epoch);
}

int
mailbox_put_info(const char *folder, uint64_t epoch, struct mls_buf info)
{
	char *name = info_name(epoch);
	int error = name != NULL ? file_post(folder, name, info) : ENOMEM;

	free(name);
	/* There already: as good. */
	if (error == 0 || error == EEXIST)
		return OK;
	errno = error;
	return say_errno(USAGE, "write into the mailbox", folder);
}

static bool
has(const char *folder, char *name)
{
	char *path = name != NULL ? text_format("%s/%s", folder, name) : NULL;
	bool there = path != NULL && access(path, F_OK) == 0;

	free(path);
	free(name);
	return there;
}

bool
mailbox_has_commit(const char *folder, uint64_t epoch)
{
	return has(folder, mailbox_commit_name(epoch));
}

bool
mailbox_has_info(const char *folder, uint64_t epoch)
{
	return has(folder, info_name(epoch));
}

bool
mailbox_name(const char *name)
{
	return name[strspn(name, "0123456789-.abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

/* EPOCH-commit, EPOCH-proposal-..., EPOCH-message-...: else false. */
static bool
entry_parse(struct entry *e, const char *name)
{
	char *end;

	if (*name < '0' || *name > '9' || (*name == '0' && name[1] != '-') ||
	    !mailbox_name(name))
		return false;
	errno = 0;
	e->epoch = strtoull(name, &end, 10);
	if (errno != 0)
		return false;
	if (strcmp(end, "-commit") == 0)
		e->kind = ENTRY_COMMIT;
	else if (strncmp(end, "-proposal-", 10) == 0)
		e->kind = ENTRY_PROPOSAL;
	else if (strncmp(end, "-message-", 9) == 0)
		e->kind = ENTRY_MESSAGE;
	else
		return false;
	return true;
}

/* By epoch; proposals and messages by time, the commit last. */
static int
entry_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->epoch != y->epoch)
		return x->epoch < y->epoch ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->name, y->name);
}

int
mailbox_last_info(struct mls_bytes *out, uint64_t *epoch, const char *folder)
{
	struct dirent *d;
	uint64_t last = 0, n;
	bool found = false;
	char *end, *name;
	DIR *dir = opendir(folder);
	int error;

	if (dir == NULL)
		return say_errno(USAGE, "read the mailbox", folder);
	while ((d = readdir(dir)) != NULL) {
		n = strtoull(d->d_name, &end, 10);
		if (end == d->d_name || strcmp(end, "-info") != 0 ||
		    (found && n < last))
			continue;
		found = true;
		last = n;
	}
	closedir(dir);
	if (!found)
		return say(STALE, "the group is not open; ask a member for "
		    "'mls publish --dir', or to be added");
	name = info_name(last);
	error = name != NULL ? file_take(out, folder, name) : ENOMEM;
	free(name);
	*epoch = last;
	if (error == 0)
		return OK;
	errno = error;
	return say_errno(USAGE, "read the GroupInfo in", folder);
}

static bool
entries_push(struct entries *list, const char *name)
{
	struct entry e, *v;
	size_t cap;

	if (!entry_parse(&e, name))
		return true;
	if (list->n == list->cap) {
		cap = list->cap != 0 ? 2 * list->cap : 64;
		v = realloc(list->v, cap * sizeof(*v));
		if (v == NULL)
			return false;
		list->v = v;
		list->cap = cap;
	}
	e.name = text_format("%s", name);
	if (e.name == NULL)
		return false;
	list->v[list->n++] = e;
	return true;
}

int
mailbox_list(struct entries *out, const char *folder)
{
	struct entries list = { NULL, 0, 0 };
	struct dirent *d;
	bool good = true;
	DIR *dir = opendir(folder);

	if (dir == NULL)
		return say_errno(USAGE, "read the mailbox", folder);
	while (good && (d = readdir(dir)) != NULL)
		good = entries_push(&list, d->d_name);
	closedir(dir);
	if (!good) {
		entries_free(&list);
		return say(BROKEN, "out of memory");
	}
	if (list.n != 0)
		qsort(list.v, list.n, sizeof(*list.v), entry_order);
	*out = list;
	return OK;
}

void
entries_free(struct entries *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		free(list->v[i].name);
	free(list->v);
	memset(list, 0, sizeof(*list));
}

int
mailbox_put_key_package(const struct app *app, struct mls_buf data)
{
	struct mls_buf id = mls_client_identity(app->client);
	char *folder = NULL, *who = NULL, *name = NULL, random[UNIQUE_SIZE];
	int status;

	if (id.len > ID_MAX / 2)
		return say(USAGE, "your name is too long for a mailbox; pass "
		    "the key package as a file");
	status = mailbox_folder(&folder, app, KEY_PACKAGES);
	if (status == OK)
		status = unique(random);
	if (status == OK) {
		who = text_file_new(id);
		if (who != NULL)
			name = text_format("%s.%s.kp", who, random);
		status = post(folder, name, data);
	}
	free(name);
	free(who);
	free(folder);
	return status;
}

static bool
claims_push(struct claims *c, char *from, char *to)
{
	char **f = realloc(c->from, (c->n + 1) * sizeof(*f)), **t;

	if (f == NULL)
		return false;
	c->from = f;
	t = realloc(c->to, (c->n + 1) * sizeof(*t));
	if (t == NULL)
		return false;
	c->to = t;
	f[c->n] = from;
	t[c->n++] = to;
	return true;
}

/* One file is ours when the renaming succeeds.  0 or errno; ENOENT: another
 * was faster. */
static int
claim(struct mls_bytes *out, struct claims *claims, const char *folder,
    const char *name)
{
	char *from = text_format("%s/%s", folder, name);
	char *to = text_format("%s/%s.used", folder, name);
	char *used = text_format("%s.used", name);
	int error = from == NULL || to == NULL || used == NULL ? ENOMEM : 0;

	if (error == 0 && rename(from, to) != 0)
		error = errno;
	else if (error == 0) {
		if (!claims_push(claims, from, to)) {
			error = ENOMEM;
			rename(to, from);
		} else {
			from = to = NULL;
			error = file_take(out, folder, used);
		}
	}
	free(from);
	free(to);
	free(used);
	return error;
}

static bool
is_package_of(const char *file, const char *who)
{
	size_t n = strlen(who), len = strlen(file);

	return len == n + 1 + UNIQUE_SIZE - 1 + 3 &&
	    strncmp(file, who, n) == 0 && file[n] == '.' &&
	    strcmp(file + len - 3, ".kp") == 0;
}

int
mailbox_claim(struct mls_bytes *out, struct claims *claims,
    const struct app *app, struct mls_buf name)
{
	char *folder = NULL, *who = text_file_new(name);
	int status, error = ENOENT;
	struct dirent *d;
	DIR *dir = NULL;

	if (who == NULL)
		return say(BROKEN, "out of memory");
	status = mailbox_folder(&folder, app, KEY_PACKAGES);
	if (status == OK && (dir = opendir(folder)) == NULL)
		status = say_errno(USAGE, "read the mailbox", folder);
	while (dir != NULL && error == ENOENT && (d = readdir(dir)) != NULL)
		if (is_package_of(d->d_name, who))
			error = claim(out, claims, folder, d->d_name);
	if (dir != NULL)
		closedir(dir);
	if (status == OK && error == ENOENT) {
		fputs("mls: the mailbox has no key package of '", stderr);
		text_print(stderr, name);
		fputs("'; they put one there with 'mls key-package --dir'\n",
		    stderr);
		status = STALE;
	} else if (status == OK && error != 0) {
		errno = error;
		status = say_errno(USAGE, "take a key package from", folder);
	}
	free(folder);
	free(who);
	return status;
}

void
mailbox_claims_end(struct claims *claims, bool used)
{
	size_t i;

	for (i = 0; i < claims->n; i++) {
		if (used)
			unlink(claims->to[i]);
		else
			rename(claims->to[i], claims->from[i]);
		free(claims->from[i]);
		free(claims->to[i]);
	}
	free(claims->from);
	free(claims->to);
	memset(claims, 0, sizeof(*claims));
}
