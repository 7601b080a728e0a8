/* SPDX-License-Identifier: MIT */
/* Which setting says who may serve something. */
#include <stdio.h>
#include <string.h>

#include "plugin/internal.h"
#include "plugin/suites.h"

/* The list that a section sets the key to, if it does. */
static bool
take(struct mls_list *out, const struct mls_section *s, const char *kind,
    const char *key)
{
	const struct mls_setting *set = mls__config_get(s, key);

	*out = (struct mls_list){ .section = kind, .key = key };
	if (set == NULL)
		return false;
	out->names = set->value;
	out->file = set->file;
	out->line = set->line;
	return true;
}

static bool
take_route(struct mls_list *out, const struct mls_plugins *p,
    const char *key)
{
	return take(out, mls__config_section(&p->config, "route", ""),
	    "route", key);
}

static bool
take_suite(struct mls_list *out, const struct mls_plugins *p, uint16_t suite,
    const char *key)
{
	char name[8];
	bool set;

	snprintf(name, sizeof(name), "0x%04X", (unsigned)suite);
	set = take(out, mls__config_section(&p->config, "suite", name),
	    "suite", key);
	memcpy(out->suite, name, sizeof(name));
	return set;
}

bool
mls__list_of_second(struct mls_list *out, const struct mls_plugins *p,
    uint16_t suite)
{
	return take_suite(out, p, suite, "verify-with") ||
	    take_route(out, p, "verify-with");
}

/* The most special first: a role of the suite, the suite, a role, all. */
bool
mls__list_rule(struct mls_list *out, const struct mls_plugins *p,
    uint16_t suite, uint16_t role, size_t i)
{
	const char *key = mls__role_name(role);

	switch (i) {
	case 0:
	case 1:
		take_suite(out, p, suite, i == 0 ? key : "crypto");
		return true;
	case 2:
	case 3:
		take_route(out, p, i == 2 ? key : "crypto");
		return true;
	case 4:
		*out = (struct mls_list){ .section = "route", .key = "crypto",
			.names = "openssl, evercrypt, awslc, gcrypt, sodium",
			.optional = true };
		return true;
	default:
		return false;
	}
}

void
mls__list_of_suite(struct mls_list *out, const struct mls_plugins *p,
    uint16_t suite, uint16_t role)
{
	size_t i = 0;

	while (mls__list_rule(out, p, suite, role, i++) && out->names == NULL)
		;
}

void
mls__list_of_service(struct mls_list *out, const struct mls_plugins *p,
    const char *key)
{
	if (take_route(out, p, key))
		return;
	out->names = strcmp(key, "keystore") == 0 ? "sqlite, memory" :
	    strcmp(key, "rng") == 0 ? "system" : "serial";
}

const char *
mls__list_where(char *buf, size_t cap, const struct mls_list *l)
{
	const char *space = *l->suite != '\0' ? " " : "";

	if (l->file != NULL)
		snprintf(buf, cap, "%s:%u: [%s%s%s] %s", l->file, l->line,
		    l->section, space, l->suite, l->key);
	else
		snprintf(buf, cap, "%s[%s%s%s] %s", l->names != NULL ?
		    "built-in default: " : "", l->section, space, l->suite,
		    l->key);
	return buf;
}
