/* SPDX-License-Identifier: MIT */
/* What a change is, in words. */
#include <stdlib.h>

#include "mls.h"

static void
who(FILE *out, const struct app *app, uint32_t leaf,
    const struct mls_identity *identity, uint32_t own)
{
	if (leaf == own && leaf != MLS_NO_LEAF)
		fputs("you", out);
	else
		member_print(out, app, leaf, identity->identity);
}

/* An effect as "added Bob", or with `to` as "to add Bob". */
static void
effect(FILE *out, const struct app *app, const struct mls_effect *e,
    uint32_t own, bool to)
{
	switch (e->type) {
	case MLS_EFFECT_ADD:
		fputs(to ? "to add " : "added ", out);
		text_print(out, e->identity.identity);
		break;
	case MLS_EFFECT_REMOVE:
		fputs(to ? "to remove " : "removed ", out);
		who(out, app, e->leaf, &e->previous, own);
		break;
	case MLS_EFFECT_UPDATE:
		/* Proposed by whose keys they are. */
		fputs(to ? "new keys" : "took up new keys of ", out);
		if (!to)
			who(out, app, e->leaf, &e->identity, own);
		break;
	case MLS_EFFECT_PSK:
		fputs(to ? "to mix in the " : "mixed in the ", out);
		if (e->psk_id.len == 0) {
			fprintf(out, "secret of epoch %llu",
			    (unsigned long long)e->epoch);
			break;
		}
		fputs("pre-shared key ", out);
		text_print(out, e->psk_id);
		break;
	case MLS_EFFECT_SELF_REMOVE:
		fputs(to ? "to leave" : "let go ", out);
		if (!to)
			who(out, app, e->leaf, &e->previous, own);
		break;
	case MLS_EFFECT_REINIT:
		fputs(to ? "to end this group and go on as " :
		    "ended this group; it goes on as ", out);
		group_name(out, e->group_id);
		break;
	case MLS_EFFECT_EXTERNAL_JOIN:
		fputs("came in from outside", out);
		break;
	case MLS_EFFECT_EXTENSIONS:
		fputs(to ? "to change the group's extensions" :
		    "changed the group's extensions", out);
		break;
	default:
		fputs(to ? "a change" : "changed something", out);
		break;
	}
}

static void
proposer(FILE *out, const struct app *app, const struct mls_effect *e,
    uint32_t sender, uint32_t own)
{
	struct mls_identity identity;

	if (!e->by_reference || e->proposer == sender ||
	    e->by != MLS_BY_MEMBER || e->type == MLS_EFFECT_UPDATE ||
	    e->type == MLS_EFFECT_SELF_REMOVE)
		return;
	if (mls_group_member(&identity, app->group, e->proposer) != 0)
		return;
	fputs(" (proposed by ", out);
	who(out, app, e->proposer, &identity, own);
	fputc(')', out);
}

/* "* Alice added Bob": a line for each effect.  New keys of the committer are
 * worth a line only where they are all. */
static void
commit_lines(FILE *out, const struct app *app, const struct mls_summary *s,
    uint32_t own)
{
	uint32_t sender = s->own ? own : s->sender;
	size_t i, lines = 0, paths = 0;

	for (i = 0; i < s->n_effects; i++) {
		if (s->effects[i].type == MLS_EFFECT_PATH) {
			paths++;
			continue;
		}
		fputs("* ", out);
		who(out, app, sender, &s->sender_identity, own);
		fputc(' ', out);
		effect(out, app, &s->effects[i], own, false);
		proposer(out, app, &s->effects[i], s->sender, own);
		fputc('\n', out);
		lines++;
	}
	if (lines != 0 && (paths == 0 || app->opt.verbose == 0))
		return;
	fputs("* ", out);
	who(out, app, sender, &s->sender_identity, own);
	if (paths != 0)
		fprintf(out, " renewed %s keys\n", s->own ? "your" : "their");
	else
		fputs(" committed\n", out);
}

static void
details(FILE *out, const struct mls_summary *s)
{
	fprintf(out, "  epoch %llu, leaf %lu", (unsigned long long)s->epoch,
	    (unsigned long)s->sender);
	if (s->kind == MLS_CHANGE_MESSAGE)
		fprintf(out, ", generation %lu",
		    (unsigned long)s->generation);
	if (s->framing != 0)
		fprintf(out, ", %s message",
		    s->framing == (int)MLS_FRAMING_PUBLIC ? "public" :
		    "private");
	if (s->aad.len != 0) {
		fputs(", authenticated data ", out);
		text_print(out, s->aad);
	}
	fputc('\n', out);
}

static void
joined(FILE *out, const struct mls_summary *s)
{
	fputs("* you joined ", out);
	group_name(out, s->group_id);
	if (s->lineage != 0) {
		fputs(s->lineage == MLS_LINEAGE_REINIT ? ", which follows " :
		    ", a branch of ", out);
		group_name(out, s->parent);
	}
	fputs(", invited by ", out);
	text_print(out, s->sender_identity.identity);
	fputc('\n', out);
}

static void
describe(FILE *out, const struct app *app, const struct mls_summary *s)
{
	struct mls_group_info_view info = MLS_GROUP_INFO_VIEW_INIT;
	uint32_t own = MLS_NO_LEAF;

	if (app->group != NULL && mls_group_info(&info, app->group) == 0)
		own = info.own_leaf;
	switch (s->kind) {
	case MLS_CHANGE_MESSAGE:
		member_print(out, app, s->sender,
		    s->sender_identity.identity);
		fputs(": ", out);
		text_lines(out, s->data, "    ");
		fputc('\n', out);
		break;
	case MLS_CHANGE_PROPOSAL:
		fputs("* ", out);
		if (s->by == MLS_BY_NEW_MEMBER) {
			text_print(out, s->sender_identity.identity);
			fputs(" asks to be added\n", out);
			break;
		}
		who(out, app, s->own ? own : s->sender, &s->sender_identity,
		    own);
		fprintf(out, " propose%s ", s->own ? "" : "s");
		if (s->n_effects != 0)
			effect(out, app, &s->effects[0], own, true);
		fputc('\n', out);
		break;
	case MLS_CHANGE_COMMIT:
		commit_lines(out, app, s, own);
		break;
	case MLS_CHANGE_EXTERNAL_JOIN:
		fputs("* you came into ", out);
		group_name(out, s->group_id);
		fputc('\n', out);
		break;
	default:
		joined(out, s);
		break;
	}
	if (app->opt.verbose > 0)
		details(out, s);
}

char *
show_summary(const struct app *app, const struct mls_summary *s)
{
	char *text = NULL;
	size_t len;
	FILE *out;

	if (s == NULL) /* there was no memory for it */
		return NULL;
	out = open_memstream(&text, &len);
	if (out == NULL)
		return NULL;
	describe(out, app, s);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

void
show_left_out(const struct app *app, const struct mls_summary *s)
{
	struct mls_group_info_view info = MLS_GROUP_INFO_VIEW_INIT;
	uint32_t own = MLS_NO_LEAF;
	size_t i;

	if (mls_group_info(&info, app->group) == 0)
		own = info.own_leaf;
	for (i = 0; i < s->n_left_out; i++) {
		fputs("mls: left out a proposal: ", stderr);
		effect(stderr, app, &s->left_out[i], own, true);
		fputc('\n', stderr);
	}
}
