/* SPDX-License-Identifier: MIT */
/* explain SUITE: how it came that this provider serves that role. */
#include <stdio.h>
#include <string.h>

#include "plugin/report.h"
#include "plugin/suites.h"
#include "tool.h"

static void
print_rules(struct mls_plugins *p, const struct mls_suite_row *row,
    uint16_t role)
{
	struct mls_rule_report r;
	bool decided = false;
	size_t i;

	for (i = 0; mls__report_rule(&r, p, row, role, i); i++) {
		if (r.names == NULL)
			printf("    not set     %s\n", r.where);
		else
			printf("    %s  %s = %s\n", decided ? "overridden" :
			    "decides   ", r.where, r.names);
		decided = decided || r.names != NULL;
	}
}

static void
print_choices(struct mls_plugins *p, const struct mls_suite_row *row,
    uint16_t role)
{
	struct mls_choice_report c;
	bool served = false;
	size_t i;

	for (i = 0; mls__report_choice(&c, p, row, role, i); i++) {
		if (c.why_not[0] != '\0') {
			printf("      %s\n", c.why_not);
			continue;
		}
		printf("      %s: %s\n", c.name, served ?
		    "could, were those before it not there" : "serves");
		served = true;
	}
}

/* False if nobody serves the role. */
static bool
explain_role(struct mls_plugins *p, const struct mls_suite_row *row,
    uint16_t role)
{
	uint16_t id = mls__suite_id(row, role);
	const char *name = mls__alg_name(role, id);
	struct mls_route_report r;

	printf("\n  %s: %s%s0x%04x%s\n", mls__role_name(role),
	    name != NULL ? name : "", name != NULL ? " (" : "", (unsigned)id,
	    name != NULL ? ")" : "");
	if (mls__report_route(&r, p, row, role) != 0)
		return false;
	print_rules(p, row, role);
	print_choices(p, row, role);
	if (r.second != NULL)
		printf("      %s: checks it\n", r.second);
	if (r.name == NULL)
		printf("      NOBODY serves it\n");
	return r.name != NULL;
}

int
explain_command(const char *suite)
{
	const struct mls_suite_row *row = NULL;
	struct mls_plugins *p;
	uint16_t number, role;
	int code = 0;

	if (!tool_plugins(&p))
		return 1;
	if (mls__suite_number(&number, suite))
		row = mls__plugins_row(p, number);
	if (row == NULL) {
		fprintf(stderr, "mls-provider: no suite %s; mls-provider list "
		    "shows those there are\n", suite);
		mls__plugins_free(p);
		return 2;
	}
	printf("0x%04x %s\n", (unsigned)row->number, row->name);
	for (role = MLS_ROLE_KEM; role <= MLS_ROLE_VERIFY; role++)
		if (!explain_role(p, row, role))
			code = 1;
	mls__plugins_free(p);
	return code;
}
