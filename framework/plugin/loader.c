/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* S_ISVTX */
#include "plugin/loader.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compat.h"

#define LONGEST 4096 /* of a path */
#define LINKS 40     /* on the way to a module */

/* Nobody but root and the user changes what is there, or puts something else in
 * its place.  `above` is a folder of folders: in a sticky one others rename
 * nothing that is not theirs. */
static int
trusted(const struct stat *st, const char *path, bool above, char *why,
    size_t cap)
{
	const char *what = S_ISLNK(st->st_mode) ? "link" :
	    S_ISDIR(st->st_mode) ? "folder" : "file";

	if (st->st_uid != 0 && st->st_uid != geteuid()) {
		snprintf(why, cap, "the %s %s belongs to user %lu; it must "
		    "belong to root or to the user who runs this", what, path,
		    (unsigned long)st->st_uid);
		return MLS_E_PROVIDER_UNTRUSTED;
	}
	if (S_ISLNK(st->st_mode) || (above && (st->st_mode & S_ISVTX) != 0))
		return 0;
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		snprintf(why, cap, "the %s %s is writable by %s (mode %04o); "
		    "run chmod go-w on it", what, path,
		    (st->st_mode & S_IWOTH) != 0 ? "others" : "its group",
		    (unsigned)(st->st_mode & 07777));
		return MLS_E_PROVIDER_UNTRUSTED;
	}
	return 0;
}

/* The way to a file, step by step. */
struct way {
	char done[LONGEST]; /* has no links in it; "" is the root */
	char rest[LONGEST]; /* goes on from there */
};

/* out = "a/b"; -1 and errno if that is too long. */
static int
put(char out[LONGEST], const char *a, const char *b)
{
	int n = snprintf(out, LONGEST, "%s/%s", a, b);

	errno = ENAMETOOLONG;
	return n < 0 || n >= LONGEST ? -1 : 0;
}

/* From the root; or from the folder that MLS_PROVIDER_DIR names, such as that
 * of a build tree: who may set that may preload what he likes, and the way
 * there is his affair. */
static int
set_out(struct way *w, const char *path)
{
	const char *own = mls__compat_getenv("MLS_PROVIDER_DIR");
	size_t len = own != NULL && own[0] == '/' ? strlen(own) : 0;
	char here[LONGEST] = "";

	w->done[0] = '\0';
	if (len > 1 && len < LONGEST && strncmp(path, own, len) == 0 &&
	    path[len] == '/') {
		memcpy(w->done, own, len + 1);
		return put(w->rest, "", path + len);
	}
	if (path[0] != '/' && getcwd(here, sizeof(here)) == NULL)
		return -1;
	return put(w->rest, here, path);
}

/* The first name of the rest; *len is 0 if there is none. */
static const char *
ahead(size_t *len, const char *rest)
{
	rest += strspn(rest, "/");
	*len = strcspn(rest, "/");
	return rest;
}

static void
go_back(struct way *w)
{
	char *slash = strrchr(w->done, '/');

	if (slash != NULL)
		*slash = '\0';
}

static int
go_on(struct way *w, const char *name, size_t len)
{
	size_t used = strlen(w->done);

	errno = ENAMETOOLONG;
	if (used + len + 2 > sizeof(w->done))
		return -1;
	if (len == 2 && memcmp(name, "..", 2) == 0) {
		go_back(w);
	} else if (len != 1 || *name != '.') {
		w->done[used++] = '/';
		memcpy(w->done + used, name, len);
		w->done[used + len] = '\0';
	}
	memmove(w->rest, name + len, strlen(name + len) + 1);
	return 0;
}

/* From the link at `done` to what it stands for. */
static int
follow(struct way *w)
{
	char target[LONGEST], rest[LONGEST];
	ssize_t n = readlink(w->done, target, sizeof(target) - 1);

	if (n < 0)
		return -1;
	target[n] = '\0';
	if (put(rest, target, w->rest) != 0)
		return -1;
	if (target[0] == '/')
		w->done[0] = '\0';
	go_back(w);
	memcpy(w->rest, rest, strlen(rest) + 1);
	return 0;
}

/* One step; *there at the end. */
static int
take_step(bool *there, struct way *w, unsigned *links, char *why, size_t cap)
{
	const char *at = w->done[0] != '\0' ? w->done : "/", *name;
	size_t len, more;
	struct stat st;
	int error;

	why[0] = '\0';
	if (lstat(at, &st) != 0)
		return MLS_E_PROVIDER_UNLOADABLE;
	name = ahead(&len, w->rest);
	ahead(&more, name + len);
	error = trusted(&st, at, more != 0, why, cap);
	if (error != 0)
		return error;
	if (S_ISLNK(st.st_mode)) {
		errno = ELOOP;
		return ++*links > LINKS || follow(w) != 0 ?
		    MLS_E_PROVIDER_UNLOADABLE : 0;
	}
	*there = len == 0;
	return !*there && go_on(w, name, len) != 0 ?
	    MLS_E_PROVIDER_UNLOADABLE : 0;
}

/* Each folder and each link on the way to a module, from the root on: whoever
 * may write to one of them decides what is opened. */
static int
check_way(struct way *w, const char *path, char *why, size_t cap)
{
	bool there = false;
	unsigned links = 0;
	int error;

	error = set_out(w, path) != 0 ? MLS_E_PROVIDER_UNLOADABLE : 0;
	why[0] = '\0';
	while (error == 0 && !there)
		error = take_step(&there, w, &links, why, cap);
	if (error == 0 || why[0] != '\0')
		return error;
	if (errno == ENOMEM)
		return MLS_E_OUT_OF_MEMORY;
	snprintf(why, cap, "%s: %s", path, strerror(errno));
	return error;
}

static int
contract(char *why, size_t cap, const char *text)
{
	snprintf(why, cap, "%s", text);
	return MLS_E_PROVIDER_CONTRACT;
}

static int
check_tables(const struct mls_provider *d, char *why, size_t cap)
{
	const struct mls_keystore_ops *ks = d->keystore;

	if (d->crypto != NULL && !MLS_HAS(d->crypto, algorithms))
		return contract(why, cap, "crypto lacks 'algorithms'");
	if (ks != NULL && (!MLS_HAS(ks, begin) || !MLS_HAS(ks, get) ||
	    !MLS_HAS(ks, scan) || !MLS_HAS(ks, put) || !MLS_HAS(ks, del) ||
	    !MLS_HAS(ks, commit) || !MLS_HAS(ks, rollback)))
		return contract(why, cap, "keystore lacks an operation");
	if (d->rng != NULL && !MLS_HAS(d->rng, fill))
		return contract(why, cap, "rng lacks 'fill'");
	if (d->executor != NULL && (!MLS_HAS(d->executor, width) ||
	    !MLS_HAS(d->executor, parallel_for)))
		return contract(why, cap, "executor lacks an operation");
	return 0;
}

int
mls__descriptor_check(const struct mls_provider *d, char *why, size_t cap)
{
	if (d->magic != MLS_PROVIDER_MAGIC)
		return contract(why, cap,
		    "wrong magic number; not a provider of libmls");
	if (d->abi != MLS_PROVIDER_ABI) {
		snprintf(why, cap, "provider ABI %lu, this libmls loads %u",
		    (unsigned long)d->abi, MLS_PROVIDER_ABI);
		return MLS_E_PROVIDER_ABI;
	}
	if (d->size < sizeof(*d)) {
		snprintf(why, cap, "descriptor of %zu octets, ABI %u has %zu",
		    d->size, MLS_PROVIDER_ABI, sizeof(*d));
		return MLS_E_PROVIDER_ABI;
	}
	if (d->zero != 0)
		return contract(why, cap, "a reserved field is not zero");
	if (d->name == NULL || d->init == NULL)
		return contract(why, cap, "no name or no init");
	return check_tables(d, why, cap);
}

static int
unloadable(char *why, size_t cap, const char *path)
{
	const char *text = dlerror();
	size_t len = strlen(path);

	/* dlerror opens with the path, which our messages name already. */
	if (text != NULL && strncmp(text, path, len) == 0 &&
	    strncmp(text + len, ": ", 2) == 0)
		text += len + 2;
	snprintf(why, cap, "cannot be opened: %s",
	    text != NULL ? text : "unknown reason");
	return MLS_E_PROVIDER_UNLOADABLE;
}

int
mls__module_open(struct mls_module *out, const char *path, char *why,
    size_t cap)
{
	struct mls_module m = { NULL, NULL };
	struct way way;
	int error;

	error = check_way(&way, path, why, cap);
	if (error != 0)
		return error;
	/* NOW: a missing symbol fails here and not in a change of epoch.
	 * NODELETE: libraries leave destructors behind. */
	errno = 0;
	m.handle = dlopen(way.done, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (m.handle == NULL) {
		/* The loader says why in words alone; malloc says it here. */
		error = errno == ENOMEM ? MLS_E_OUT_OF_MEMORY :
		    unloadable(why, cap, way.done);
		goto out;
	}
	m.desc = dlsym(m.handle, "mls_provider_1");
	if (m.desc == NULL) {
		snprintf(why, cap, "no symbol mls_provider_1; not a provider "
		    "of ABI %u", MLS_PROVIDER_ABI);
		error = MLS_E_PROVIDER_ABI;
		goto out;
	}
	error = mls__descriptor_check(m.desc, why, cap);
	if (error != 0)
		goto out;
	*out = m;
	m.handle = NULL;
out:
	mls__module_close(&m);
	return error;
}

void
mls__module_close(struct mls_module *m)
{
	if (m->handle != NULL)
		dlclose(m->handle);
	*m = (struct mls_module){ NULL, NULL };
}
