/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include "plugin/loader.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compat.h"

static int
trusted(const char *path, const char *what, char *why, size_t cap)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		snprintf(why, cap, "%s: %s", path, strerror(errno));
		return MLS_E_PROVIDER_UNLOADABLE;
	}
	if (st.st_uid != 0 && st.st_uid != geteuid()) {
		snprintf(why, cap, "the %s %s belongs to user %lu; it must "
		    "belong to root or to the user who runs this", what, path,
		    (unsigned long)st.st_uid);
		return MLS_E_PROVIDER_UNTRUSTED;
	}
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		snprintf(why, cap, "the %s %s is writable by %s (mode %04o); "
		    "run chmod go-w on it", what, path,
		    (st.st_mode & S_IWOTH) != 0 ? "others" : "its group",
		    (unsigned)(st.st_mode & 07777));
		return MLS_E_PROVIDER_UNTRUSTED;
	}
	return 0;
}

/* The file and its folder, as they are behind symbolic links. */
static int
check_trust(char *real, char *why, size_t cap)
{
	char *slash = strrchr(real, '/');
	int error;

	error = trusted(real, "file", why, cap);
	if (error != 0)
		return error;
	*slash = '\0';
	error = trusted(slash == real ? "/" : real, "folder", why, cap);
	*slash = '/';
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
	char *real = NULL;
	int error;

	real = realpath(path, NULL);
	if (real == NULL) {
		if (errno == ENOMEM)
			return MLS_E_OUT_OF_MEMORY;
		snprintf(why, cap, "%s: %s", path, strerror(errno));
		return MLS_E_PROVIDER_UNLOADABLE;
	}
	error = check_trust(real, why, cap);
	if (error != 0)
		goto out;
	/* NOW: a missing symbol fails here and not in a change of epoch.
	 * NODELETE: libraries leave destructors behind. */
	errno = 0;
	m.handle = dlopen(real, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (m.handle == NULL) {
		/* The loader says why in words alone; malloc says it here. */
		error = errno == ENOMEM ? MLS_E_OUT_OF_MEMORY :
		    unloadable(why, cap, real);
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
	free(real);
	return error;
}

void
mls__module_close(struct mls_module *m)
{
	if (m->handle != NULL)
		dlclose(m->handle);
	*m = (struct mls_module){ NULL, NULL };
}
