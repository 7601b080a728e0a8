/* SPDX-License-Identifier: MIT */
/* members, info, inspect, export: what there is to see. */
#include <stdlib.h>

#include "mls.h"

#define EXPORT_LENGTH 32
#define EXPORT_MAX 65536

int
cmd_members(struct app *app)
{
	struct mls_group_info_view info;
	struct mls_identity m;
	int status = args(app, 0, 0);
	uint32_t i;

	if (status == OK)
		status = group_open(app);
	if (status == OK)
		status = info_get(app, &info);
	if (status != OK)
		return status;
	for (i = 0; mls_group_next(&i, app->group, i) == 0; i++) {
		if (mls_group_member(&m, app->group, i) != 0)
			break;
		printf("%lu  ", (unsigned long)i);
		text_print(stdout, m.identity);
		fputs(i == info.own_leaf && info.active ? "  (you)" : "",
		    stdout);
		if (app->opt.verbose > 0) {
			fputs("\n    signature key ", stdout);
			text_hex(stdout, m.signature_key);
		}
		putchar('\n');
	}
	return OK;
}

static void
hex_line(const char *name, struct mls_buf b)
{
	printf("%-14s ", name);
	text_hex(stdout, b);
	putchar('\n');
}

int
cmd_info(struct app *app)
{
	struct mls_group_info_view info;
	const char *suite;
	int status = args(app, 0, 0);

	if (status == OK)
		status = group_open(app);
	if (status == OK)
		status = info_get(app, &info);
	if (status != OK)
		return status;
	printf("%-14s ", "group");
	group_name(stdout, info.group_id);
	putchar('\n');
	suite = mls_suite_name(app->context, info.suite);
	printf("%-14s %s (0x%04x)\n", "suite", suite != NULL ? suite : "?",
	    info.suite);
	printf("%-14s %llu\n", "epoch", (unsigned long long)info.epoch);
	printf("%-14s ", "you");
	text_print(stdout, mls_client_identity(app->client));
	if (info.active)
		printf(", leaf %lu\n", (unsigned long)info.own_leaf);
	else
		puts(", removed from this group");
	printf("%-14s %lu, in a tree of %lu leaves\n", "members",
	    (unsigned long)info.members, (unsigned long)info.width);
	printf("%-14s %lu\n", "proposals", (unsigned long)info.proposals);
	printf("%-14s %s\n", "pending", info.pending ?
	    "a commit of yours waits; see 'mls pending'" : "nothing");
	hex_line("authenticator", info.authenticator);
	if (app->opt.verbose > 0) {
		hex_line("group id", info.group_id);
		hex_line("tree hash", info.tree_hash);
		hex_line("transcript", info.confirmed_transcript_hash);
		hex_line("extensions", info.extensions);
	}
	return OK;
}

int
cmd_inspect(struct app *app)
{
	struct mls_bytes in = { NULL, 0 }, text = { NULL, 0 };
	const char *path = app->argc > 0 ? app->argv[0] : "-";
	struct mls_buf b;
	int status = args(app, 0, 1), rc;

	if (status == OK)
		status = context_open(app);
	if (status == OK)
		status = file_read(&in, path);
	if (status != OK)
		return status;
	b.data = in.data;
	b.len = in.len;
	rc = mls_inspect(&text, app->context, b);
	if (rc == 0)
		fwrite(text.data, 1, text.len, stdout);
	else
		status = say_error(app, rc, "%s is no MLS object that can be "
		    "read", path);
	mls_bytes_free(&in);
	mls_bytes_free(&text);
	return status;
}

int
cmd_export(struct app *app)
{
	struct mls_buf context = { NULL, 0 };
	struct mls_bytes out = { NULL, EXPORT_LENGTH };
	int status = args(app, 1, 1), rc;

	if (app->opt.length != 0)
		out.len = app->opt.length;
	if (app->opt.context != NULL)
		context = text_buf(app->opt.context);
	if (status == OK && out.len > EXPORT_MAX)
		status = say(USAGE, "--length is at most %d", EXPORT_MAX);
	if (status == OK)
		status = group_open(app);
	if (status != OK)
		return status;
	out.data = malloc(out.len);
	if (out.data == NULL)
		return say(BROKEN, "out of memory");
	rc = mls_group_export(out.data, out.len, app->group, app->argv[0],
	    context);
	if (rc != 0) {
		status = say_error(app, rc, "cannot export");
	} else if (app->opt.raw) {
		status = file_write(NULL, &out);
	} else {
		context.data = out.data;
		context.len = out.len;
		text_hex(stdout, context);
		putchar('\n');
	}
	mls_bytes_free(&out);
	return status;
}
