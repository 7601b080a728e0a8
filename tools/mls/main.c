/* SPDX-License-Identifier: MIT */
/* mls: encrypted group conversations (RFC 9420) from the command line. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "mls.h"

const struct command commands[] = {
	{ "init", "NAME", "s",
	  "Make a store, and a client called NAME in it",
	  "Everything else needs a store.  One store is one person's: their\n"
	  "keys are in it, and nobody else may read it.\n", cmd_init },
	{ "key-package", "", "sodSDl",
	  "Make a key package, for others to add you with",
	  "A key package is good for one group.  Its private keys stay in the\n"
	  "store until the Welcome comes.  With --last-resort it is good for\n"
	  "many, for when there is no other: its keys stay, which is less safe.\n",
	  cmd_key_package },
	{ "create", "[NAME]", "sS",
	  "Create a group, with you as its only member",
	  "NAME becomes the group's id; without it, that is random.\n",
	  cmd_create },
	{ "join", "[FILE]", "sdt",
	  "Join a group by the Welcome in FILE",
	  "With --dir, by every Welcome in the mailbox that is for you.\n"
	  "mls trusts on first use: it accepts every name that is not empty\n"
	  "and shows who is there.  Compare the authenticator of 'mls info'\n"
	  "with the others to be sure that you are in the same group.\n",
	  cmd_join },
	{ "publish", "", "sgdot",
	  "Let others come into the group",
	  "It gives out a GroupInfo: whoever has it can see who is in the group\n"
	  "and come in by 'mls enter', or ask to by 'mls ask'.  It is good for\n"
	  "this epoch.  In a mailbox the group stays open, since each commit\n"
	  "renews it; remove the file GROUP/EPOCH-info to end that.\n",
	  cmd_publish },
	{ "enter", "[FILE | GROUP]", "sdota",
	  "Come into a group without being added",
	  "By the GroupInfo in FILE; with --dir by the one that the mailbox has\n"
	  "of GROUP.  Without --dir the commit then waits: see 'mls pending\n"
	  "--help', and name the group by --group.\n", cmd_enter },
	{ "ask", "[FILE | GROUP]", "sdo",
	  "Ask a group to add you",
	  "Like 'mls enter', but a member has to commit it.  'mls join' then\n"
	  "takes the Welcome.\n", cmd_ask },
	{ "add", "WHO...", "sgdowtpaP",
	  "Add members by their key packages",
	  "WHO is a file with a key package, or '-'.  With --dir, it is the\n"
	  "name of someone whose key package lies in the mailbox; a file then\n"
	  "has a slash in its name.  mls trusts on first use: names are not\n"
	  "checked, so make sure that the key package is theirs.\n", cmd_add },
	{ "remove", "MEMBER...", "sgdotpaP",
	  "Remove members",
	  "MEMBER is a name, or the number of a leaf.  Nobody can remove\n"
	  "themselves alone: propose it, for someone else to commit.\n",
	  cmd_remove },
	{ "leave", "", "sgdo",
	  "Propose to leave the group",
	  "Someone else commits it.  All members have to know of such\n"
	  "proposals (SelfRemove, of a draft); else propose your own removal.\n",
	  cmd_leave },
	{ "update", "", "sgdowtpaPk",
	  "Make your keys new",
	  "What was stolen from your store before is of no use afterwards.\n"
	  "Proposals that wait are committed with it.\n", cmd_update },
	{ "psk", "put ID [FILE] | use ID | resume EPOCH | delete ID",
	  "sgdowtpaP",
	  "Keep, mix in or delete a pre-shared key",
	  "put reads the key from FILE or standard input; every member needs\n"
	  "it under the same ID before one of them uses it.  resume mixes in\n"
	  "what the group itself left in a past epoch: whoever was not in it\n"
	  "then is left behind.\n", cmd_psk },
	{ "commit", "", "sgdowtaP",
	  "Commit the proposals that were received",
	  "Without any, it makes your keys new.  Without --dir the commit then\n"
	  "waits: see 'mls pending --help'.\n", cmd_commit },
	{ "pending", "[show | send | apply | cancel]", "sgow",
	  "Settle a commit of yours that waits",
	  "Of two commits of the same epoch only one can be taken.  So a\n"
	  "commit waits until you hear which one won: apply it, cancel it, or\n"
	  "receive it, or the other one.  With --dir this goes by itself.\n"
	  "send gives the same octets out again.\n", cmd_pending },
	{ "send", "[TEXT...]", "sgdo",
	  "Encrypt a message to the group",
	  "Without TEXT, the message is what standard input holds.\n",
	  cmd_send },
	{ "receive", "[FILE...]", "sgdr",
	  "Read messages, proposals and commits",
	  "Files are taken in the order given; without any, standard input is\n"
	  "one.  With --dir, everything new in the mailbox is taken in the\n"
	  "right order, for --group or for all of your groups.\n",
	  cmd_receive },
	{ "reinit", "[NAME]", "sgdopaPS",
	  "End the group, for another one to follow",
	  "The new one is called NAME, and may be of another ciphersuite.  Then\n"
	  "one of the members makes it: see 'mls successor --help'.\n",
	  cmd_reinit },
	{ "successor", "[FILE...]", "sgdowta",
	  "Make the group that follows one that has ended",
	  "All its members are taken over.  Their key packages are in the files,\n"
	  "or with --dir in the mailbox.\n", cmd_successor },
	{ "branch", "NAME WHO...", "sgdowta",
	  "Make a group of some members of this one",
	  "WHO is as for 'mls add'.  The new group, which is called NAME, has a\n"
	  "part of the secrets of this one: only its members can be in it.\n",
	  cmd_branch },
	{ "groups", "", "s", "List your groups", NULL, cmd_groups },
	{ "members", "", "sg", "List the members of a group",
	  "The number is that of the member's leaf.\n", cmd_members },
	{ "info", "", "sg", "Show a group's epoch, suite and state",
	  "The authenticator is the same for all members of the epoch, and for\n"
	  "nobody else: compare it over another channel.\n", cmd_info },
	{ "tree", "", "sgA", "Draw the ratchet tree",
	  "A parent shows the beginning of its public key.\n", cmd_tree },
	{ "inspect", "[FILE]", "",
	  "Show what is in a message, key package, Welcome or tree",
	  "It needs no store; what is encrypted shows as its length.\n",
	  cmd_inspect },
	{ "export", "LABEL", "sgncr",
	  "Derive a secret that all members of this epoch share",
	  "For use in another protocol.  It is printed in hex.\n",
	  cmd_export },
	{ "forget", "GROUP", "s", "Erase a group from your store",
	  "The others do not notice; you can no longer read or send.\n",
	  cmd_forget },
	{ NULL, NULL, NULL, NULL, NULL, NULL }
};

static void
usage(FILE *out)
{
	const struct command *c;

	fputs("usage: mls COMMAND [options] [arguments]\n\n"
	    "Encrypted group conversations: Messaging Layer Security, RFC "
	    "9420.\n\n", out);
	for (c = commands; c->name != NULL; c++)
		fprintf(out, "  %-12s %s\n", c->name, c->brief);
	fputs("  help         Show this, or the help of a command\n\n"
	    "A conversation by a mailbox, a folder that all can write to:\n"
	    "  Bob:    mls init Bob; mls key-package --dir BOX\n"
	    "  Alice:  mls init Alice; mls create friends; mls add Bob --dir "
	    "BOX\n"
	    "          mls send --dir BOX 'Hello, Bob!'\n"
	    "  Bob:    mls join --dir BOX; mls receive --dir BOX\n"
	    "'mls COMMAND --help' tells more; mls(1) all.\n", out);
}

static const struct command *
find(const char *name)
{
	const struct command *c;

	for (c = commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static int
unknown(const char *name)
{
	return say(USAGE, "there is no command '%s'; 'mls help' lists them",
	    name);
}

static int
help(int argc, char **argv)
{
	const struct command *c;

	if (argc < 3) {
		usage(stdout);
		return OK;
	}
	c = find(argv[2]);
	if (c == NULL)
		return unknown(argv[2]);
	options_help(c);
	return OK;
}

static int
run(int argc, char **argv)
{
	struct app app = { 0 };
	int status;

	app.command = find(argv[1]);
	if (app.command == NULL)
		return unknown(argv[1]);
	status = options_parse(&app, argc - 1, argv + 1);
	if (status == OK && app.opt.help)
		options_help(app.command);
	else if (status == OK)
		status = app.command->run(&app);
	app_close(&app);
	return status;
}

int
main(int argc, char **argv)
{
	int status = OK;

	/* A reader that goes away is an error of write(2). */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		usage(stderr);
		return USAGE;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0)
		status = help(argc, argv);
	else if (strcmp(argv[1], "version") == 0 ||
	    strcmp(argv[1], "--version") == 0)
		printf("mls %s\n", mls_version());
	else
		status = run(argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout))
		status = status != OK ? status :
		    say(USAGE, "cannot write standard output");
	return status;
}
