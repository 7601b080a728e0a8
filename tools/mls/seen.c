/* SPDX-License-Identifier: MIT */
/*
 * The names of the mailbox's files that were dealt with, a line each, in
 * STORE/seen/NAME.  It saves work and repeated complaints; what guards against
 * reading twice is the library, so that nothing is lost when it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mls.h"

static bool
push(struct seen *s, const char *name, size_t len)
{
	size_t cap;
	char **v;

	if (s->n == s->cap) {
		cap = s->cap != 0 ? 2 * s->cap : 64;
		v = realloc(s->v, cap * sizeof(*v));
		if (v == NULL)
			return false;
		s->v = v;
		s->cap = cap;
	}
	s->v[s->n] = text_format("%.*s", (int)len, name);
	if (s->v[s->n] == NULL)
		return false;
	s->n++;
	return true;
}

static int
load(struct seen *s, const char *folder, const char *name)
{
	struct mls_bytes text = { NULL, 0 };
	size_t at, end;
	bool good = true;
	int error = file_take(&text, folder, name);

	if (error == ENOENT)
		return OK;
	if (error != 0) {
		errno = error;
		return say_errno(STORE, "read", s->path);
	}
	for (at = 0; good && at < text.len; at = end + 1) {
		for (end = at; end < text.len && text.data[end] != '\n';)
			end++;
		if (end > at && end - at < 256)
			good = push(s, (const char *)text.data + at,
			    end - at);
	}
	mls_bytes_free(&text);
	return good ? OK : say(BROKEN, "out of memory");
}

int
seen_open(struct seen *s, const struct app *app, const char *name)
{
	char *folder = text_format("%s/seen", app->store);
	int status;

	memset(s, 0, sizeof(*s));
	if (folder == NULL)
		return say(BROKEN, "out of memory");
	status = folder_make(folder, 0700);
	if (status == OK) {
		s->path = text_format("%s/%s", folder, name);
		status = s->path != NULL ? load(s, folder, name) :
		    say(BROKEN, "out of memory");
	}
	free(folder);
	if (status != OK)
		seen_close(s);
	return status;
}

bool
seen_has(const struct seen *s, const char *name)
{
	size_t i;

	/* The latest first: lists are walked in order. */
	for (i = s->n; i > 0; i--)
		if (strcmp(s->v[i - 1], name) == 0)
			return true;
	return false;
}

static void
append(const char *path, const char *name)
{
	char *line = text_format("%s\n", name);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (line == NULL || fd < 0 || write(fd, line, strlen(line)) < 0)
		say(OK, "warning: cannot write %s", path);
	if (fd >= 0)
		close(fd);
	free(line);
}

void
seen_add(struct seen *s, const char *name)
{
	if (push(s, name, strlen(name)))
		append(s->path, name);
}

void
seen_note(const struct app *app, const char *list, const char *name)
{
	char *folder = text_format("%s/seen", app->store);
	char *path = text_format("%s/seen/%s", app->store, list);

	if (folder != NULL && path != NULL && folder_make(folder, 0700) == OK)
		append(path, name);
	free(path);
	free(folder);
}

void
seen_forget(const struct app *app, const char *list)
{
	char *path = text_format("%s/seen/%s", app->store, list);

	if (path != NULL)
		unlink(path);
	free(path);
}

void
seen_keep(struct seen *s, uint64_t epoch)
{
	struct mls_bytes text = { NULL, 0 };
	char *all = NULL;
	size_t i, kept = 0;
	FILE *out = open_memstream(&all, &text.len);

	if (out == NULL)
		return;
	for (i = 0; i < s->n; i++) {
		if (strtoull(s->v[i], NULL, 10) < epoch)
			continue;
		fprintf(out, "%s\n", s->v[i]);
		kept++;
	}
	if (fclose(out) == 0 && kept < s->n) {
		text.data = (uint8_t *)all;
		file_write(s->path, &text);
	}
	free(all);
}

void
seen_close(struct seen *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	free(s->path);
	memset(s, 0, sizeof(*s));
}
