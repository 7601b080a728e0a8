/* SPDX-License-Identifier: MIT */
/*
 * Writes stories.json and stories-app.json into the folder MLS_STORIES: cases
 * for mls-vectors in which every part of its form occurs.  Those in the source
 * tree were made by it once.
 */
#include <jansson.h>

#include "rules/forge.h"

#define YEARS (50ull * 365 * 24 * 3600)
#define EXTENSION 0xf0a0
#define PROPOSAL 0xf0b0

enum { ALICE, BOB, CAROL, DAVE, ERIN, FRANK }; /* the cases are Erin's */

static struct mls_buf psk_id; /* a long one */

static json_t *
hex(struct mls_buf b)
{
	char *s = calloc(2, b.len + 1);
	json_t *out;
	size_t i;

	for (i = 0; i < b.len; i++)
		snprintf(s + 2 * i, 3, "%02x", b.data[i]);
	out = json_string(s);
	free(s);
	return out;
}

static void
set(json_t *in, const char *field, struct mls_buf b)
{
	json_object_set_new(in, field, hex(b));
}

static void
party_start(struct party *p)
{
	static const uint16_t extensions[] = { EXTENSION };
	static const struct mls_custom_proposal customs[] = {
		{ .type = PROPOSAL }
	};
	struct mls_policy policy = MLS_POLICY_INIT;
	size_t i;

	policy.extensions = extensions;
	policy.n_extensions = 1;
	policy.proposals = customs;
	policy.n_proposals = 1;
	policy.max_lifetime = UINT64_MAX;
	party_new(p, &policy, 4);
	p->m[FRANK] = make_member(p->context, "frank");
	psk_id = longer(p, text("psk"), 300);
	for (i = 0; i <= p->n; i++)
		must(mls_psk_put(p->m[i].client, psk_id, text("secret")));
}

static void
party_end(struct party *p)
{
	close_member(&p->m[FRANK]);
	party_free(p);
}

/* A case with Erin's key package and keys. */
static json_t *
new_case(struct party *p, struct mls_buf *package)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_bytes kp, init, leaf, sign;
	json_t *out = json_object(), *psks = json_array(), *psk;

	o.lifetime = YEARS;
	must(mls_key_package_new(&kp, p->m[ERIN].client, &o));
	must(mls_key_package_export(&init, &leaf, &sign, p->m[ERIN].client,
	    octets(&kp)));
	*package = keep_bytes(p, kp);
	json_object_set_new(out, "cipher_suite", json_integer(1));
	set(out, "key_package", *package);
	set(out, "init_priv", octets(&init));
	set(out, "encryption_priv", octets(&leaf));
	set(out, "signature_priv", octets(&sign));
	mls_bytes_free(&init);
	mls_bytes_free(&leaf);
	mls_bytes_free(&sign);
	psk = json_object();
	set(psk, "psk_id", psk_id);
	set(psk, "psk", text("secret"));
	json_array_append_new(psks, psk);
	json_object_set_new(out, "external_psks", psks);
	json_object_set_new(out, "epochs", json_array());
	return out;
}

/* Alice adds Erin, with a PSK and the tree beside the Welcome. */
static struct mls_buf
add_erin(struct party *p, struct mls_buf package, struct mls_buf *tree)
{
	struct mls_intent intents[2] = { { .type = MLS_EFFECT_ADD,
		.key_package = package }, { .type = MLS_EFFECT_PSK,
		.psk_id = psk_id } };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes message, welcome, beside;
	mls_change *c;
	size_t i;

	o.intents = intents;
	o.n_intents = 2;
	o.flags = MLS_COMMIT_TREE_BESIDE;
	must(mls_group_make_commit(&c, p->m[ALICE].group, &o));
	must(mls_change_release(&message, c));
	must(mls_change_welcome(&welcome, c));
	must(mls_change_tree(&beside, c));
	must(mls_change_apply(c));
	mls_change_drop(c);
	for (i = BOB; i <= DAVE; i++)
		take(&p->m[i], octets(&message));
	mls_bytes_free(&message);
	*tree = keep_bytes(p, beside);
	must(mls_group_join(&c, p->m[ERIN].client, octets(&welcome), *tree));
	must(mls_change_apply(c));
	must(mls_change_group(&p->m[ERIN].group, c));
	mls_change_drop(c);
	return keep_bytes(p, welcome);
}

/* A story: messages before the last, or none; the last one, or none. */
static void
story(json_t *list, const char *rule, const char *why, const char *at,
    struct mls_buf proposal, struct mls_buf commit)
{
	json_t *s = json_object(), *proposals = json_array();

	if (proposal.len != 0)
		json_array_append_new(proposals, hex(proposal));
	json_object_set_new(s, "rule", json_string(rule));
	json_object_set_new(s, "why", json_string(why));
	json_object_set_new(s, "at", json_string(at));
	json_object_set_new(s, "proposals", proposals);
	json_object_set_new(s, "commit", commit.len != 0 ? hex(commit) :
	    json_null());
	json_array_append_new(list, s);
}

static struct mls_buf
propose(struct party *p, size_t by, const struct mls_intent *intent,
    uint32_t framing)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	struct mls_bytes b;
	mls_change *c;
	size_t i;

	o.framing = framing;
	must(mls_group_make_proposal(&c, p->m[by].group, intent, &o));
	must(mls_change_release(&b, c));
	mls_change_drop(c);
	for (i = 0; i <= p->n; i++)
		if (i != by)
			take(&p->m[i], octets(&b));
	return keep_bytes(p, b);
}

/* A commit that nobody has taken yet; others forge theirs beside it. */
static struct mls_buf
begin_commit(struct party *p, size_t by, const struct mls_intent *intents,
    size_t n)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes b;

	o.intents = intents;
	o.n_intents = n;
	must(mls_group_commit(&b, NULL, p->m[by].group, &o));
	return keep_bytes(p, b);
}

static json_t *
end_epoch(struct party *p, size_t by, json_t *proposals, struct mls_buf commit,
    json_t *reject)
{
	struct mls_group_info_view v;
	json_t *out = json_object();
	size_t i;

	must(mls_group_settle(p->m[by].group, 1));
	for (i = 0; i <= p->n; i++)
		if (i != by)
			take(&p->m[i], commit);
	v = info(&p->m[ERIN]);
	json_object_set_new(out, "proposals", proposals);
	set(out, "commit", commit);
	json_object_set_new(out, "epoch_authenticator", v.active ?
	    hex(v.authenticator) : json_null());
	if (reject != NULL)
		json_object_set_new(out, "reject", reject);
	return out;
}

static json_t *
first_epoch(struct party *p)
{
	const struct mls_intent psk = { .type = MLS_EFFECT_PSK,
		.psk_id = psk_id };
	const struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_buf ours[2], commit, bad;
	json_t *reject = json_array(), *proposals = json_array();
	struct commit_spec unknown = { .n_refs = 1 };
	struct forge f;

	ours[0] = propose(p, BOB, &psk, MLS_FRAMING_PRIVATE);
	ours[1] = propose(p, DAVE, &update, MLS_FRAMING_PUBLIC);
	json_array_append_new(proposals, hex(ours[0]));
	json_array_append_new(proposals, hex(ours[1]));
	commit = begin_commit(p, CAROL, NULL, 0);

	story(reject, "PROP-15", "Remove of the committer by value", "commit",
	    NO_OCTETS, commit_of(p, BOB, 1, propose_remove(p, BOB)));
	forge_new(&f, p, BOB, MLS_CONTENT_COMMIT);
	unknown.refs[0] = longer(p, NO_OCTETS, 32);
	story(reject, "PROP-03", "a reference to nothing", "commit", ours[1],
	    forge_commit(&f, &unknown));
	story(reject, "MSG-09", "a proposal sent twice", "second", ours[0],
	    NO_OCTETS);
	forge_new(&f, p, BOB, MLS_CONTENT_PROPOSAL);
	f.on_membership = hook_flip;
	story(reject, "FRAME-06", "one bit of the membership tag wrong",
	    "proposals", forge_message(&f, propose_remove(p, DAVE)),
	    NO_OCTETS);
	forge_new(&f, p, DAVE, MLS_CONTENT_APPLICATION);
	forge_private(&f);
	f.padding = text("x");
	story(reject, "MSG-07", "padding of other octets than zeros", "commit",
	    NO_OCTETS, forge_message(&f, text("hello")));
	bad = proposal_of(p, BOB, propose_update(p, BOB, NULL));
	take(&p->m[BOB], bad);
	story(reject, "PROP-14", "Update of the committer by reference", "any",
	    bad, commit_refs(p, 1, keep(p, last_ref(&p->m[BOB])),
	    NO_OCTETS));
	return end_epoch(p, CAROL, proposals, commit, reject);
}

static void
expired(struct party *p, struct mls_leaf *leaf)
{
	(void)p;
	leaf->not_before = 1000;
	leaf->not_after = 1000000;
}

static json_t *
second_epoch(struct party *p)
{
	const struct mls_intent intents[2] = {
		{ .type = MLS_EFFECT_EXTENSIONS, .extensions =
		    extension(p, EXTENSION, text("of the group")) },
		{ .type = MLS_EFFECT_CUSTOM, .proposal_type = PROPOSAL,
		    .body = mls__buf("\3one", 4) } };
	struct package_spec old = { .leaf = expired };
	struct mls_buf commit = begin_commit(p, ALICE, intents, 2);
	struct commit_spec spec = { 0 };
	json_t *reject = json_array();
	struct forge f;

	story(reject, "LEAF-14", "Add of who has expired", "commit",
	    NO_OCTETS, commit_of(p, BOB, 1, propose_add(p, forge_package(p,
	    FRANK, &old))));
	forge_new(&f, p, BOB, MLS_CONTENT_COMMIT);
	f.on_confirmation = hook_flip;
	story(reject, "COMMIT-14", "one bit of the confirmation tag wrong",
	    "commit", NO_OCTETS, forge_commit(&f, &spec));
	return end_epoch(p, ALICE, json_array(), commit, reject);
}

static json_t *
last_epoch(struct party *p)
{
	const struct mls_intent removes = { .type = MLS_EFFECT_REMOVE,
		.leaf = info(&p->m[ERIN]).own_leaf };
	struct mls_buf commit = begin_commit(p, BOB, &removes, 1);

	return end_epoch(p, BOB, json_array(), commit, NULL);
}

/* A message as --app has it, of the epoch that is. */
static json_t *
message(struct party *p, size_t by, struct mls_buf data, struct mls_buf aad)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	json_t *out = json_object();
	struct mls_bytes b;
	mls_change *c;

	o.aad = aad;
	o.padding = by == BOB ? 100 : 0;
	must(mls_group_make_message(&c, p->m[by].group, data, &o));
	must(mls_change_release(&b, c));
	mls_change_drop(c);
	set(out, "message", octets(&b));
	set(out, "plaintext", data);
	set(out, "authenticated_data", aad);
	json_object_set_new(out, "sender_leaf",
	    json_integer(info(&p->m[by]).own_leaf));
	json_object_set_new(out, "sent_in_epoch",
	    json_integer((json_int_t)info(&p->m[by]).epoch));
	mls_bytes_free(&b);
	return out;
}

/* An epoch of --app; messages: taken over. */
static json_t *
place(struct party *p, json_t *messages)
{
	struct mls_group_info_view v = info(&p->m[ERIN]);
	json_t *out = json_object(), *exporter = json_object();
	uint8_t secret[20];

	must(mls_group_export(secret, sizeof(secret), p->m[ALICE].group,
	    "stories", text("of Erin")));
	json_object_set_new(exporter, "label", json_string("stories"));
	set(exporter, "context", text("of Erin"));
	json_object_set_new(exporter, "length", json_integer(sizeof(secret)));
	set(exporter, "secret", mls__buf(secret, sizeof(secret)));
	json_object_set_new(out, "epoch", json_integer((json_int_t)v.epoch));
	json_object_set_new(out, "own_leaf", json_integer(v.own_leaf));
	json_object_set_new(out, "exporter", exporter);
	json_object_set_new(out, "messages", messages);
	return out;
}

/* Erin joins, follows, and is removed. */
static void
whole_case(json_t *cases, json_t *app)
{
	json_t *epochs, *later = json_array(), *places = json_array(), *v;
	struct mls_buf package, tree, welcome;
	struct party p;

	party_start(&p);
	json_array_append_new(cases, new_case(&p, &package));
	v = json_array_get(cases, 0);
	welcome = add_erin(&p, package, &tree);
	set(v, "welcome", welcome);
	set(v, "ratchet_tree", tree);
	set(v, "initial_epoch_authenticator", info(&p.m[ERIN]).authenticator);
	json_array_append_new(places, place(&p, json_pack("[o,o]",
	    message(&p, ALICE, text("hello"), NO_OCTETS),
	    message(&p, BOB, text("padded"), text("and with AAD")))));
	/* Two that come late, the second one first. */
	json_array_append_new(later, message(&p, DAVE, text("late"),
	    NO_OCTETS));
	json_array_insert_new(later, 0, message(&p, DAVE, NO_OCTETS,
	    NO_OCTETS));
	epochs = json_object_get(v, "epochs");
	json_array_append_new(epochs, first_epoch(&p));
	json_array_append_new(places, place(&p, later));
	json_array_append_new(epochs, second_epoch(&p));
	json_array_append_new(places, place(&p, json_array()));
	json_array_append_new(epochs, last_epoch(&p));
	json_array_append_new(app, json_pack("{s:o}", "epochs", places));
	party_end(&p);
}

/* A Welcome that has to be refused; hopeless: and no other. */
static void
welcome_case(json_t *cases, json_t *app, bool hopeless)
{
	struct mls_buf package, tree, welcome;
	struct party p;
	json_t *v;

	party_start(&p);
	v = new_case(&p, &package);
	welcome = add_erin(&p, package, &tree);
	json_object_set_new(v, "reject_welcome", json_true());
	json_object_set_new(v, "rule", json_string("WELCOME-04"));
	json_object_set_new(v, "why", json_string(
	    "one bit of the encrypted GroupInfo wrong"));
	set(v, "welcome", flipped(&p, welcome, -1));
	set(v, "ratchet_tree", tree);
	json_object_set_new(v, "good_welcome", hopeless ? json_null() :
	    hex(welcome));
	json_object_set_new(v, "good_ratchet_tree", hopeless ? json_null() :
	    hex(tree));
	json_object_set_new(v, "initial_epoch_authenticator", hopeless ?
	    json_null() : hex(info(&p.m[ERIN]).authenticator));
	json_array_append_new(cases, v);
	json_array_append_new(app, json_null());
	party_end(&p);
}

static void
write_file(const char *dir, const char *name, json_t *json)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	cr_assert_eq(json_dump_file(json, path, JSON_INDENT(1) |
	    JSON_PRESERVE_ORDER), 0, "cannot write %s", path);
	json_decref(json);
}

Test(stories, make)
{
	json_t *cases = json_array(), *app = json_array();
	const char *dir = getenv("MLS_STORIES");

	cr_assert_not_null(dir, "MLS_STORIES names no folder");
	whole_case(cases, app);
	welcome_case(cases, app, false);
	welcome_case(cases, app, true);
	write_file(dir, "stories.json", cases);
	write_file(dir, "stories-app.json", app);
}
