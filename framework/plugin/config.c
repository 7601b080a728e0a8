/* SPDX-License-Identifier: MIT */
#include "plugin/config.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/text.h"
#include "plugin/schema.h"

/* Where the parser stands. */
struct place {
	const char *file;
	unsigned line;
	struct mls_section *section; /* or NULL before the first */
};

int
mls__config_fail(struct mls_config *c, const char *file, unsigned line,
    int error, const char *format, ...)
{
	va_list ap;
	int n;

	n = snprintf(c->error, sizeof(c->error), "%s:%u: ", file, line);
	if (n < 0 || (size_t)n >= sizeof(c->error))
		return error;
	va_start(ap, format);
	vsnprintf(c->error + n, sizeof(c->error) - (size_t)n, format, ap);
	va_end(ap);
	return error;
}

char *
mls__config_string(struct mls_config *c, const char *s, size_t len)
{
	char *copy = mls__arena_alloc(&c->arena, len + 1);

	if (copy != NULL && len > 0)
		memcpy(copy, s, len);
	return copy;
}

const struct mls_section *
mls__config_section(const struct mls_config *c, const char *kind,
    const char *name)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		if (strcmp(c->sections[i]->kind, kind) == 0 &&
		    strcmp(c->sections[i]->name, name) == 0)
			return c->sections[i];
	return NULL;
}

static struct mls_setting *
find(const struct mls_section *s, const char *key)
{
	size_t i;

	for (i = 0; s != NULL && i < s->count; i++)
		if (strcmp(s->settings[i].key, key) == 0)
			return &s->settings[i];
	return NULL;
}

const struct mls_setting *
mls__config_get(const struct mls_section *section, const char *key)
{
	return find(section, key);
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Without the blanks around it. */
static struct mls_buf
trim(const char *s, const char *end)
{
	while (s < end && blank(*s))
		s++;
	while (end > s && blank(end[-1]))
		end--;
	return (struct mls_buf){ (const uint8_t *)s, (size_t)(end - s) };
}

static char *
text_of(struct mls_config *c, struct mls_buf b)
{
	return mls__config_string(c, (const char *)b.data, b.len);
}

static int
open_section(struct mls_config *c, struct place *at, const char *kind,
    const char *name)
{
	struct mls_section *s = NULL;
	void *list = c->sections;
	size_t i;
	int error;

	for (i = 0; i < c->count && s == NULL; i++)
		if (strcmp(c->sections[i]->kind, kind) == 0 &&
		    strcmp(c->sections[i]->name, name) == 0)
			s = c->sections[i];
	if (s == NULL) {
		error = mls__array_grow(&list, &c->cap, c->count + 1,
		    sizeof(*c->sections));
		if (error != 0)
			return error;
		c->sections = list;
		s = mls__alloc(sizeof(*s));
		if (s == NULL)
			return MLS_E_OUT_OF_MEMORY;
		s->kind = kind;
		s->name = name;
		s->file = at->file;
		s->line = at->line;
		c->sections[c->count++] = s;
	}
	at->section = s;
	return 0;
}

static int
header(struct mls_config *c, struct place *at, struct mls_buf line)
{
	const char *s = (const char *)line.data, *end = s + line.len, *mid;
	char *kind, *name;
	int error;

	if (line.len < 2 || end[-1] != ']')
		return mls__config_fail(c, at->file, at->line,
		    MLS_E_CONFIG_SYNTAX,
		    "section header without ']' at the end of the line");
	line = trim(s + 1, end - 1);
	s = (const char *)line.data;
	end = s + line.len;
	for (mid = s; mid < end && !blank(*mid); mid++)
		;
	kind = text_of(c, trim(s, mid));
	name = text_of(c, trim(mid, end));
	if (kind == NULL || name == NULL)
		return MLS_E_OUT_OF_MEMORY;
	error = mls__schema_section(c, at->file, at->line, kind, &name);
	return error != 0 ? error : open_section(c, at, kind, name);
}

static int
store(struct mls_config *c, struct place *at, const char *key,
    const char *value)
{
	struct mls_section *s = at->section;
	struct mls_setting *set = find(s, key);
	void *list = s->settings;
	int error;

	if (set != NULL && set->file == at->file)
		return mls__config_fail(c, at->file, at->line,
		    MLS_E_CONFIG_SYNTAX, "duplicate key, first at line %u",
		    set->line);
	if (set == NULL) {
		error = mls__array_grow(&list, &s->cap, s->count + 1,
		    sizeof(*s->settings));
		if (error != 0)
			return error;
		s->settings = list;
		set = &s->settings[s->count++];
	}
	*set = (struct mls_setting){ key, value, at->file, at->line };
	return 0;
}

static int
assignment(struct mls_config *c, struct place *at, struct mls_buf line)
{
	const char *s = (const char *)line.data, *end = s + line.len;
	const char *eq = memchr(s, '=', line.len), *key;
	char *name, *value;
	int error;

	if (eq == NULL || trim(s, eq).len == 0)
		return mls__config_fail(c, at->file, at->line,
		    MLS_E_CONFIG_SYNTAX,
		    "expected 'key = value', '[section]' or '# comment'");
	name = text_of(c, trim(s, eq));
	value = text_of(c, trim(eq + 1, end));
	if (name == NULL || value == NULL)
		return MLS_E_OUT_OF_MEMORY;
	if (at->section == NULL)
		return mls__config_fail(c, at->file, at->line,
		    MLS_E_CONFIG_SYNTAX,
		    "'%s' stands before the first [section]", name);
	key = name;
	error = mls__schema_setting(c, at->section,
	    &(struct mls_setting){ key, value, at->file, at->line }, &key);
	return error != 0 ? error : store(c, at, key, value);
}

int
mls__config_parse(struct mls_config *c, const char *file, struct mls_buf text)
{
	const char *s = (const char *)text.data, *end = s + text.len, *eol;
	struct place at = { NULL, 0, NULL };
	struct mls_buf line;
	int error = 0;

	at.file = mls__config_string(c, file, strlen(file));
	if (at.file == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (; text.len > 0 && s < end && error == 0; s = eol + 1) {
		eol = memchr(s, '\n', (size_t)(end - s));
		if (eol == NULL)
			eol = end;
		at.line++;
		if (!mls__utf8_text(s, (size_t)(eol - s)))
			return mls__config_fail(c, at.file, at.line,
			    MLS_E_CONFIG_SYNTAX, "not UTF-8 text");
		line = trim(s, eol);
		if (line.len == 0 || line.data[0] == '#')
			continue;
		error = line.data[0] == '[' ? header(c, &at, line) :
		    assignment(c, &at, line);
	}
	return error;
}

void
mls__config_free(struct mls_config *c)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		free(c->sections[i]->settings);
		free(c->sections[i]);
	}
	free(c->sections);
	mls__arena_free(&c->arena);
	*c = (struct mls_config){ 0 };
}
