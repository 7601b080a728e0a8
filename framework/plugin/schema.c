/* SPDX-License-Identifier: MIT */
#include "plugin/schema.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "plugin/suites.h"
#include "plugin/text.h"

enum form {
	FORM_TEXT,
	FORM_YESNO,
	FORM_SELF_TEST,
	FORM_LIST,
	FORM_MODULE,
	FORM_NUMBER,
	FORM_SIGNATURE,
	FORM_LIST_OR_NUMBER
};

struct key {
	const char *name;
	enum form form;
};

static const struct key mls_keys[] = {
	{ "self-test", FORM_SELF_TEST },
	{ NULL, FORM_TEXT },
};
static const struct key route_keys[] = {
	{ "crypto", FORM_LIST }, { "kem", FORM_LIST }, { "aead", FORM_LIST },
	{ "hash", FORM_LIST }, { "sign", FORM_LIST }, { "verify", FORM_LIST },
	{ "keystore", FORM_LIST }, { "rng", FORM_LIST },
	{ "executor", FORM_LIST }, { "verify-with", FORM_LIST },
	{ NULL, FORM_TEXT },
};
static const struct key suite_keys[] = {
	{ "crypto", FORM_LIST }, { "kem", FORM_LIST_OR_NUMBER },
	{ "aead", FORM_LIST_OR_NUMBER }, { "hash", FORM_LIST },
	{ "sign", FORM_LIST }, { "verify", FORM_LIST },
	{ "name", FORM_TEXT }, { "kdf", FORM_NUMBER },
	{ "signature", FORM_SIGNATURE }, { "verify-with", FORM_LIST },
	{ NULL, FORM_TEXT },
};
static const struct key provider_keys[] = {
	{ "module", FORM_MODULE }, { "enabled", FORM_YESNO },
	{ "critical", FORM_YESNO },
	{ NULL, FORM_TEXT },
};

static const struct kind {
	const char *name;
	bool named;
	const struct key *keys;
} kinds[] = {
	{ "mls", false, mls_keys },
	{ "route", false, route_keys },
	{ "suite", true, suite_keys },
	{ "provider", true, provider_keys },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct kind *
kind_of(const char *name)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* A name that can stand in a list, and that is not a number. */
static bool
provider_name(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) &&
		    (i == 0 || strchr("._-", s[i]) == NULL))
			return false;
	return len > 0 && len <= 64 && !isdigit((unsigned char)s[0]);
}

static int
unknown_section(struct mls_config *c, const char *file, unsigned line,
    const char *kind)
{
	static const char *const names[KINDS + 1] = { "mls", "route", "suite",
		"provider", NULL };
	const char *near = mls__suggest(kind, names);

	if (near != NULL)
		return mls__config_fail(c, file, line, MLS_E_CONFIG_UNKNOWN,
		    "unknown section [%s]; did you mean [%s]?", kind, near);
	return mls__config_fail(c, file, line, MLS_E_CONFIG_UNKNOWN,
	    "unknown section [%s]; there are [mls], [route], [suite NUMBER] "
	    "and [provider NAME]", kind);
}

int
mls__schema_section(struct mls_config *c, const char *file, unsigned line,
    const char *kind, char **name)
{
	const struct kind *k = kind_of(kind);
	uint16_t number;
	char text[8];

	if (k == NULL)
		return unknown_section(c, file, line, kind);
	if (k->named != (**name != '\0'))
		return mls__config_fail(c, file, line, MLS_E_CONFIG_SYNTAX,
		    k->named ? "[%s] lacks a name: [%s NAME]" :
		    "[%s] takes no name: write [%s]", kind, kind);
	if (strcmp(kind, "provider") == 0 &&
	    !provider_name(*name, strlen(*name)))
		return mls__config_fail(c, file, line, MLS_E_CONFIG_SYNTAX,
		    "[provider %s]: a name is letters, digits, '.', '_' and "
		    "'-', and starts with a letter", *name);
	if (strcmp(kind, "suite") != 0)
		return 0;
	if (!mls__suite_number(&number, *name))
		return mls__config_fail(c, file, line, MLS_E_CONFIG_UNKNOWN,
		    "[suite %s]: expected a number as 0x0001 or the IANA name "
		    "of a suite of RFC 9420", *name);
	snprintf(text, sizeof(text), "0x%04X", (unsigned)number);
	*name = mls__config_string(c, text, strlen(text));
	return *name != NULL ? 0 : MLS_E_OUT_OF_MEMORY;
}

static int
unknown_key(struct mls_config *c, const struct mls_section *s,
    const struct mls_setting *in, const struct key *keys)
{
	const char *names[16] = { NULL }, *near;
	const char *space = *s->name != '\0' ? " " : "";
	char all[200] = "";
	size_t i;

	for (i = 0; keys[i].name != NULL && i < 15; i++) {
		names[i] = keys[i].name;
		mls__append(all, sizeof(all), "%s%s", i > 0 ? ", " : "",
		    names[i]);
	}
	near = mls__suggest(in->key, names);
	if (near != NULL)
		return mls__config_fail(c, in->file, in->line,
		    MLS_E_CONFIG_UNKNOWN,
		    "unknown key '%s' in [%s%s%s]; did you mean '%s'?",
		    in->key, s->kind, space, s->name, near);
	return mls__config_fail(c, in->file, in->line, MLS_E_CONFIG_UNKNOWN,
	    "unknown key '%s' in [%s%s%s]; there are %s%s", in->key, s->kind,
	    space, s->name, all,
	    strcmp(s->kind, "provider") == 0 ? ", x-..." : "");
}

/* name, name, ... */
static bool
names(const char *s)
{
	size_t len;

	for (;; s++) {
		s += strspn(s, " \t");
		len = strcspn(s, ", \t");
		if (!provider_name(s, len))
			return false;
		s += len;
		s += strspn(s, " \t");
		if (*s == '\0')
			return true;
		if (*s != ',')
			return false;
	}
}

/* What is wrong with a value, or NULL. */
static const char *
fault(enum form form, const char *value)
{
	uint16_t number;

	switch (form) {
	case FORM_YESNO:
		return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0 ?
		    NULL : "expected yes or no";
	case FORM_SELF_TEST:
		return strcmp(value, "first") == 0 ||
		    strcmp(value, "always") == 0 ||
		    strcmp(value, "never") == 0 ? NULL :
		    "expected first, always or never";
	case FORM_MODULE:
		return strchr(value, '/') == NULL || value[0] == '/' ? NULL :
		    "expected an absolute path, or a bare file name that is "
		    "looked up in the provider folder";
	case FORM_NUMBER:
		return mls__number16(&number, value) ? NULL :
		    "expected a number as 0x0001";
	case FORM_SIGNATURE:
		return mls__signature_number(&number, value) ? NULL :
		    "expected a TLS SignatureScheme, by name or number";
	case FORM_LIST_OR_NUMBER:
	case FORM_LIST:
		return names(value) ? NULL :
		    "expected provider names with commas between them";
	default:
		return NULL;
	}
}

static int
check_value(struct mls_config *c, const struct mls_section *s,
    const struct mls_setting *in, enum form form)
{
	const char *why = *in->value == '\0' ? "has no value" :
	    fault(form, in->value);

	if (why == NULL)
		return 0;
	return mls__config_fail(c, in->file, in->line, MLS_E_CONFIG_SYNTAX,
	    "[%s%s%s] %s = '%s': %s%s", s->kind, *s->name != '\0' ? " " : "",
	    s->name, in->key, in->value, why,
	    strchr(in->value, '#') != NULL ?
	    " (a comment stands on a line of its own)" : "");
}

int
mls__schema_setting(struct mls_config *c, const struct mls_section *section,
    const struct mls_setting *in, const char **key)
{
	const struct key *keys = kind_of(section->kind)->keys, *k;
	enum form form;
	uint16_t number;

	if (keys == provider_keys && strncmp(in->key, "x-", 2) == 0 &&
	    in->key[2] != '\0')
		return 0;
	for (k = keys; k->name != NULL; k++)
		if (strcmp(k->name, in->key) == 0)
			break;
	if (k->name == NULL)
		return unknown_key(c, section, in, keys);
	form = k->form;
	if (form == FORM_LIST_OR_NUMBER && mls__number16(&number, in->value)) {
		form = FORM_NUMBER;
		*key = strcmp(in->key, "kem") == 0 ? "kem-id" : "aead-id";
	}
	return check_value(c, section, in, form);
}
