/* SPDX-License-Identifier: MIT */
/* Which config files are read, in which order. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/writer.h"
#include "plugin/internal.h"
#include "plugin/text.h"

#define LARGEST (1u << 20) /* of a config file */

static int
unreadable(struct mls_plugins *p, const char *path, const char *why)
{
	p->config.error[0] = '\0';
	mls__append(p->config.error, sizeof(p->config.error),
	    "%s: cannot be read: %s", path, why);
	return MLS_E_CONFIG_UNREADABLE;
}

static bool
is_absence(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

/* What may be missing was not found, as errno `why` says.  What cannot be
 * looked at might have been the file that decides; so might a link's end. */
static int
not_there(struct mls_plugins *p, const char *path, int why)
{
	struct stat st;

	return is_absence(why) && lstat(path, &st) != 0 && is_absence(errno) ?
	    0 : unreadable(p, path, strerror(why));
}

/* Keep a line for the report. */
static int
note(struct mls_plugins *p, const char *path, const char *what)
{
	char text[4096 + 64];
	void *list = (void *)p->files;
	int error;

	snprintf(text, sizeof(text), "%s%s", path, what);
	error = mls__array_grow(&list, &p->cap_files, p->n_files + 1,
	    sizeof(*p->files));
	if (error != 0)
		return error;
	p->files = list;
	p->files[p->n_files] = mls__config_string(&p->config, text,
	    strlen(text));
	return p->files[p->n_files++] != NULL ? 0 : MLS_E_OUT_OF_MEMORY;
}

static int
read_all(struct mls_writer *w, struct mls_plugins *p, int fd, const char *path)
{
	char block[4096];
	size_t total = 0;
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return unreadable(p, path, strerror(errno));
		total += (size_t)n;
		if (total > LARGEST)
			return unreadable(p, path, "larger than 1 MiB");
		mls__write_bytes(w, (struct mls_buf){ (uint8_t *)block,
		    (size_t)n });
	}
	return w->error;
}

/* A file that may be missing, unless it was asked for by name. */
static int
read_file(struct mls_plugins *p, const char *path, bool wanted)
{
	struct mls_writer w = { 0 };
	int fd, error;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return wanted ? unreadable(p, path, strerror(errno)) :
		    not_there(p, path, errno);
	error = read_all(&w, p, fd, path);
	close(fd);
	if (error == 0)
		error = note(p, path, "");
	if (error == 0)
		error = mls__config_parse(&p->config, path,
		    mls__writer_buf(&w));
	mls__writer_free(&w);
	return error;
}

/* [A-Za-z0-9][A-Za-z0-9._-]*\.conf */
static bool
conf_name(const char *s)
{
	size_t len = strlen(s), i;

	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) &&
		    (i == 0 || strchr("._-", s[i]) == NULL))
			return false;
	return len > 5 && strcmp(s + len - 5, ".conf") == 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
list_dir(char ***names, size_t *n, struct mls_plugins *p, const char *path,
    DIR *dir)
{
	struct dirent *entry;
	size_t cap = 0;
	void *list;
	int error;

	while (errno = 0, (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		list = *names;
		error = mls__array_grow(&list, &cap, *n + 1, sizeof(**names));
		if (error != 0)
			return error;
		*names = list;
		(*names)[*n] = strdup(entry->d_name);
		if ((*names)[*n] == NULL)
			return MLS_E_OUT_OF_MEMORY;
		++*n;
	}
	if (errno != 0)
		return unreadable(p, path, strerror(errno));
	if (*n > 1)
		qsort(*names, *n, sizeof(**names), by_name);
	return 0;
}

static int
read_one(struct mls_plugins *p, const char *dir, const char *name)
{
	char path[4096];
	struct stat st;
	int n;

	n = snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return unreadable(p, dir, strerror(ENAMETOOLONG));
	if (conf_name(name) && stat(path, &st) != 0)
		return not_there(p, path, errno);
	if (!conf_name(name) || !S_ISREG(st.st_mode)) {
		mls__log(p, MLS_LOG_INFO, "%s: ignored because it is not a "
		    "file named NAME.conf", path);
		return note(p, path, " (ignored: not a file named NAME.conf)");
	}
	return read_file(p, path, true);
}

static int
read_dir(struct mls_plugins *p, const char *path)
{
	char **names = NULL;
	size_t n = 0, i;
	DIR *dir;
	int error;

	dir = opendir(path);
	if (dir == NULL)
		return not_there(p, path, errno);
	error = list_dir(&names, &n, p, path, dir);
	closedir(dir);
	for (i = 0; i < n && error == 0; i++)
		error = read_one(p, path, names[i]);
	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return error;
}

/* base/mls.conf if wanted, then base/providers.d. */
static int
read_base(struct mls_plugins *p, const char *base, bool file)
{
	char path[4096];
	int n, error;

	n = snprintf(path, sizeof(path), "%s/mls/mls.conf", base);
	if (n < 0 || (size_t)n >= sizeof(path))
		return unreadable(p, base, strerror(ENAMETOOLONG));
	error = file ? read_file(p, path, false) : 0;
	if (error != 0)
		return error;
	n = snprintf(path, sizeof(path), "%s/mls/providers.d", base);
	if (n < 0 || (size_t)n >= sizeof(path))
		return unreadable(p, base, strerror(ENAMETOOLONG));
	return read_dir(p, path);
}

static int
read_user(struct mls_plugins *p, const struct mls_plugins_options *o)
{
	const char *xdg, *home;
	char path[4096];
	int n;

	if (o->userconfdir != NULL)
		return read_base(p, o->userconfdir, true);
	/* Root's and privileged programs' config is the system's alone. */
	if (mls__compat_secure() || geteuid() == 0 || getuid() == 0)
		return 0;
	xdg = mls__compat_getenv("XDG_CONFIG_HOME");
	if (xdg != NULL && xdg[0] == '/')
		return read_base(p, xdg, true);
	home = mls__compat_getenv("HOME");
	if (home == NULL || home[0] != '/')
		return 0;
	n = snprintf(path, sizeof(path), "%s/.config", home);
	if (n < 0 || (size_t)n >= sizeof(path))
		return 0;
	return read_base(p, path, true);
}

static int
read_files(struct mls_plugins *p, const struct mls_plugins_options *o)
{
	const char *one = o->config_file;
	int error;

	if (o->no_files)
		return 0;
	if (one == NULL)
		one = mls__compat_getenv("MLS_CONFIG");
	if (one != NULL && *one != '\0')
		return read_file(p, one, true);
	error = read_base(p, o->datadir != NULL ? o->datadir : MLS_DATADIR,
	    false);
	if (error == 0)
		error = read_base(p, o->sysconfdir != NULL ? o->sysconfdir :
		    MLS_SYSCONFDIR, true);
	return error != 0 ? error : read_user(p, o);
}

int
mls__confdir_read(struct mls_plugins *p, const struct mls_plugins_options *o)
{
	int error;

	error = read_files(p, o);
	if (error == 0 && o->config_text != NULL)
		error = mls__config_parse(&p->config, "options",
		    (struct mls_buf){ (const uint8_t *)o->config_text,
		    strlen(o->config_text) });
	return error;
}
