/* SPDX-License-Identifier: MIT */
/* The suites that are known: those of the RFC, then those of the config. */
#include <stdlib.h>
#include <string.h>

#include "plugin/internal.h"
#include "plugin/suites.h"
#include "plugin/text.h"

static const char *const row_keys[] = { "name", "kem-id", "kdf", "aead-id",
	"signature", NULL };

/* What the config calls the key. */
static const char *
plain(const char *key)
{
	return strcmp(key, "kem-id") == 0 ? "kem" :
	    strcmp(key, "aead-id") == 0 ? "aead" : key;
}

static int
fixed(struct mls_plugins *p, const struct mls_section *s)
{
	const struct mls_setting *set;
	size_t i;

	for (i = 0; row_keys[i] != NULL; i++) {
		set = mls__config_get(s, row_keys[i]);
		if (set != NULL)
			return mls__config_fail(&p->config, set->file,
			    set->line, MLS_E_CONFIG_SYNTAX, "[suite %s] %s = "
			    "'%s': the row of this suite is fixed by RFC 9420",
			    s->name, plain(set->key), set->value);
	}
	return 0;
}

static int
add(struct mls_plugins *p, const struct mls_section *s, uint16_t number)
{
	const struct mls_setting *set[5];
	struct mls_suite_row *row = &p->rows[p->n_rows];
	size_t i;

	for (i = 0; row_keys[i] != NULL; i++) {
		set[i] = mls__config_get(s, row_keys[i]);
		if (set[i] == NULL)
			return mls__config_fail(&p->config, s->file, s->line,
			    MLS_E_CONFIG_UNKNOWN, "[suite %s] is not a suite "
			    "of RFC 9420, and its row lacks '%s'", s->name,
			    plain(row_keys[i]));
	}
	row->number = number;
	row->name = set[0]->value;
	/* The schema has seen that these are numbers. */
	mls__number16(&row->kem, set[1]->value);
	mls__number16(&row->kdf, set[2]->value);
	mls__number16(&row->aead, set[3]->value);
	mls__signature_number(&row->signature, set[4]->value);
	p->n_rows++;
	return 0;
}

static int
by_number(const void *a, const void *b)
{
	const struct mls_suite_row *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

int
mls__rows_build(struct mls_plugins *p)
{
	const struct mls_section *s;
	uint16_t number;
	size_t i;
	int error;

	p->rows = mls__array_alloc(MLS_SUITES + p->config.count,
	    sizeof(*p->rows));
	p->row_list = mls__array_alloc(MLS_SUITES + p->config.count,
	    sizeof(*p->row_list));
	if (p->rows == NULL || p->row_list == NULL)
		return MLS_E_OUT_OF_MEMORY;
	memcpy(p->rows, mls__suites, sizeof(mls__suites));
	p->n_rows = MLS_SUITES;
	for (i = 0; i < p->config.count; i++) {
		s = p->config.sections[i];
		if (strcmp(s->kind, "suite") != 0 ||
		    !mls__suite_number(&number, s->name))
			continue;
		error = number >= 1 && number <= MLS_SUITES ? fixed(p, s) :
		    add(p, s, number);
		if (error != 0)
			return error;
	}
	qsort(p->rows, p->n_rows, sizeof(*p->rows), by_number);
	for (i = 0; i < p->n_rows; i++)
		p->row_list[i] = &p->rows[i];
	return 0;
}

const struct mls_suite_row *
mls__plugins_row(struct mls_plugins *p, uint16_t number)
{
	struct mls_suite_row key = { .number = number };

	return bsearch(&key, p->rows, p->n_rows, sizeof(*p->rows), by_number);
}

size_t
mls__plugins_rows(struct mls_plugins *p,
    const struct mls_suite_row *const **list)
{
	*list = p->row_list;
	return p->n_rows;
}
