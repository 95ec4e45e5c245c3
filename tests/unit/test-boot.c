// SPDX-License-Identifier: GPL-2.0-or-later
/* What boot loaders have, read from their files; and files written whole. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot/boot.h"
#include "sysroot.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct sysroot root;

static const struct {
	const char *script;
	const char *value;	/* NULL: it takes a shell to know */
} scripts[] = {
	{ "", "" },
	{ "X=quiet\n", "quiet" },
	{ "X=\"quiet splash\"\n", "quiet splash" },
	{ "X='a \"b\" $c'\n", "a \"b\" $c" },
	{ "  export X=\"a\"\n", "a" },
	{ "X=\"a\"\nX=\"$X b\"\nX=\"${X} c\"\n", "a b c" },
	{ "X=a\nX+=\" b\"\n", "a b" },
	{ "X=a\\ b; Y=c\n", "a b" },
	{ "X=\"a\\\"b\\$c\\x\"\n", "a\"b$c\\x" },
	{ "X=a # comment\n", "a" },
	{ "#X=b\nXY=c\nYX=d\n", "" },
	{ "X=`id`\n", NULL },
	{ "X=\"$(touch /tmp/x)\"\n", NULL },
	{ "X=\"$Y\"\n", NULL },
	{ "X=\"${X:-a}\"\n", NULL },
	{ "X=\"never closed\n", NULL },
	{ "X='never closed\n", NULL },
};

static void shells_are_read_not_run(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(scripts); i++) {
		char *value = strdup("");
		bool known = shell_value(scripts[i].script, "X", &value);

		if (known != !!scripts[i].value || (known && strcmp(value, scripts[i].value)))
			fail_msg("'%s' is '%s'", scripts[i].script, value);
		free(value);
	}
}

/* From Debian's own update-grub, shortened; and entries that are none of ours. */
static const char grub_config[] =
	"menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'gnulinux-simple-01' {\n"
	"\tlinux\t/boot/vmlinuz-6.12.1 root=/dev/vda1 ro  quiet secretmem=512M\n"
	"\tinitrd\t/boot/initrd.img-6.12.1\n}\n"
	"submenu 'Advanced options' $menuentry_id_option 'gnulinux-advanced-01' {\n"
	"\tmenuentry 'Debian, with Linux 6.12.1' $menuentry_id_option 'gnulinux-6.12.1-advanced-01' {\n"
	"\t\tlinux\t/boot/vmlinuz-6.12.1 root=/dev/vda1 ro  quiet secretmem=512M\n\t}\n"
	"\tmenuentry 'Debian (recovery mode)' $menuentry_id_option 'gnulinux-6.12.1-recovery-01' {\n"
	"\t\tlinux\t/boot/vmlinuz-6.12.1 root=/dev/vda1 ro single\n\t}\n}\n"
	"menuentry 'Other' $menuentry_id_option 'osprober-gnulinux-1' {\n"
	"\tlinux /vmlinuz root=/dev/vdb1 secretmem=1G\n}\n"
	"menuentry 'memtest' {\n\tlinux16 /boot/memtest86+.bin\n}\n";

static const struct boot_entry *entry_at(const struct boot_state *state, size_t index)
{
	return list_at(&state->entries, index, sizeof(struct boot_entry));
}

static void grub_has_entries(void **state)
{
	struct boot_state boot = { 0 };
	struct boot_next next;

	(void)state;
	entries_of_grub(grub_config, &boot);
	assert_int_equal(boot.entries.count, 3);
	assert_string_equal(entry_at(&boot, 1)->name, "gnulinux-6.12.1-advanced-01");
	assert_string_equal(entry_at(&boot, 0)->cmdline,
			    "root=/dev/vda1 ro  quiet secretmem=512M");
	assert_false(entry_at(&boot, 0)->recovery);
	assert_true(entry_at(&boot, 2)->recovery);
	boot_next_fill(&boot, &next);
	assert_int_equal(next.present, TRUTH_YES);
	assert_string_equal(next.text, "secretmem=512M");
	assert_int_equal(next.setting.size_bytes.value, 512 << 20);
	boot_next_clear(&next);
	boot_state_clear(&boot);
}

static void add(struct boot_state *state, const char *cmdline, bool recovery)
{
	add_entry(state, "entry", cmdline)->recovery = recovery;
}

static void assert_next(struct boot_state *state, enum truth present, bool mixed, bool stale,
			const char *text)
{
	struct boot_next next;

	boot_next_fill(state, &next);
	assert_int_equal(next.present, present);
	assert_int_equal(next.mixed, mixed);
	assert_int_equal(next.stale, stale);
	if (text)
		assert_string_equal(next.text, text);
	boot_next_clear(&next);
	boot_state_clear(state);
}

static void the_next_boot_is_what_entries_say(void **state)
{
	struct boot_state boot = { 0 };

	(void)state;
	assert_next(&boot, TRUTH_UNKNOWN, false, false, NULL);
	add(&boot, "quiet", false);
	assert_next(&boot, TRUTH_NO, false, false, NULL);
	add(&boot, "secretmem=1M", false);
	add(&boot, "", true);
	assert_next(&boot, TRUTH_YES, false, false, "secretmem=1M");
	add(&boot, "secretmem=1M", false);
	add(&boot, "", false);
	assert_next(&boot, TRUTH_UNKNOWN, true, false, NULL);
	boot.configured = strdup("secretmem=2M");
	assert_next(&boot, TRUTH_YES, false, false, "secretmem=2M");
	boot.configured = strdup("secretmem=2M");
	add(&boot, "secretmem=1M", false);
	assert_next(&boot, TRUTH_YES, false, true, "secretmem=1M");
}

/* A PE file with one section of that name. */
static size_t make_image(unsigned char *image, const char *name, const char *content,
			 size_t size)
{
	const size_t header = 64, section = header + 24, data = 256;

	memset(image, 0, 512);
	memcpy(image, "MZ", 2);
	image[0x3c] = (unsigned char)header;
	memcpy(image + header, "PE\0\0", 4);
	image[header + 6] = 1;
	memcpy(image + section, name, strlen(name) < 8 ? strlen(name) : 8);
	image[section + 8] = (unsigned char)size;
	image[section + 17] = 1;	/* 256 bytes in the file */
	image[section + 21] = (unsigned char)(data >> 8);
	memcpy(image + data, content, size);
	return 512;
}

static void images_have_command_lines(void **state)
{
	unsigned char image[512], *cut;
	size_t length, i;
	char *cmdline;

	(void)state;
	length = make_image(image, ".cmdline", "root=/dev/vda1 secretmem=2M\0xx", 30);
	cmdline = cmdline_of_image(image, length);
	assert_string_equal(cmdline, "root=/dev/vda1 secretmem=2M");
	free(cmdline);
	/* Cut anywhere, or with any one byte other than it was, it is not believed. */
	for (i = 0; i < length; i++) {
		cut = malloc(i ? i : 1);
		memcpy(cut, image, i);
		free(cmdline_of_image(cut, i));
		free(cut);
		image[i] ^= 0xff;
		cut = malloc(length);
		memcpy(cut, image, length);
		free(cmdline_of_image(cut, length));
		free(cut);
		image[i] ^= 0xff;
	}
	length = make_image(image, ".linux", "x", 1);
	assert_null(cmdline_of_image(image, length));
}

static struct boot open_image(void)
{
	struct failure failure;
	struct boot boot;

	if (boot_open(root.path, false, &boot, &failure))
		fail_msg("%s", failure.text);
	return boot;
}

static void loader_entries_are_read(void **state)
{
	struct boot_state loader = { 0 };
	struct failure failure;
	struct boot boot;

	(void)state;
	sysroot_text(&root, "boot/loader/entries/x-6.1.conf",
		      "title x\noptions root=/dev/vda1\noptions\tsecretmem=4M quiet\nlinux /x\n");
	sysroot_text(&root, "boot/loader/entries/y-0-rescue.conf", "options a\nlinux /y\n");
	sysroot_text(&root, "boot/loader/entries/firmware.conf", "title z\nefi /z\n");
	boot = open_image();
	assert_int_equal(entries_of_loader(&boot, "", &loader, &failure), EXIT_FINE);
	assert_int_equal(loader.entries.count, 2);
	assert_string_equal(entry_at(&loader, 0)->cmdline, "root=/dev/vda1 secretmem=4M quiet");
	assert_true(entry_at(&loader, 1)->recovery);
	assert_string_equal(loader.place, "/boot/loader/entries");
	boot_state_clear(&loader);
	boot_close(&boot);
}

static void assert_content(const struct boot *boot, const char *path, const char *wanted)
{
	struct failure failure;
	char *text;

	assert_int_equal(boot_read_file(boot, path, &text, &failure), EXIT_FINE);
	if (wanted)
		assert_string_equal(text, wanted);
	else
		assert_null(text);
	free(text);
}

static struct stat status_of(const char *path)
{
	char *whole = malloc(strlen(root.path) + strlen(path) + 2);
	struct stat status = { 0 };

	sprintf(whole, "%s/%s", root.path, path);
	lstat(whole, &status);
	free(whole);
	return status;
}

static void files_are_written(void **state)
{
	struct boot boot = open_image();
	struct failure failure;

	(void)state;
	sysroot_text(&root, "etc/kernel/cmdline", "quiet\n");
	assert_int_equal(boot_write_file(&boot, "etc/kernel/cmdline", "new\n", &failure),
			 EXIT_FINE);
	assert_content(&boot, "etc/kernel/cmdline", "new\n");
	assert_int_equal(boot_write_file(&boot, "etc/kernel/other/x", "1", &failure), EXIT_FINE);
	assert_content(&boot, "etc/kernel/other/x", "1");
	assert_int_equal(status_of("etc/kernel/other/x").st_mode & 07777, 0644);
	assert_int_equal(boot_write_file(&boot, "etc/kernel/other/x", NULL, &failure), EXIT_FINE);
	assert_content(&boot, "etc/kernel/other/x", NULL);
	assert_int_equal(boot_write_file(&boot, "etc/kernel/other/x", NULL, &failure), EXIT_FINE);
	/* Not all the way down. */
	assert_int_equal(boot_write_file(&boot, "etc/a/b/x", "1", &failure), EXIT_FAILED);
	boot_close(&boot);
}

static void links_are_not_written_through(void **state)
{
	char outside[] = "/tmp/secretmem-outside-XXXXXX", content[8] = "";
	struct boot boot = open_image();
	struct failure failure;
	int fd = mkstemp(outside);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "old", 3), 3);
	sysroot_link(&root, "etc/kernel/link", outside);
	assert_int_equal(boot_write_file(&boot, "etc/kernel/link", "new", &failure), EXIT_FAILED);
	assert_non_null(strstr(failure.text, "a link"));
	assert_true(S_ISLNK(status_of("etc/kernel/link").st_mode));
	/* Neither is one read through: inside of the image there is no such file. */
	assert_content(&boot, "etc/kernel/link", NULL);
	assert_int_equal(pread(fd, content, sizeof(content), 0), 3);
	assert_string_equal(content, "old");
	close(fd);
	unlink(outside);
	boot_close(&boot);
}

static int set_up(void **state)
{
	(void)state;
	sysroot_make(&root);
	sysroot_text(&root, "etc/x", "");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sysroot_remove(&root);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shells_are_read_not_run),
		cmocka_unit_test(grub_has_entries),
		cmocka_unit_test(the_next_boot_is_what_entries_say),
		cmocka_unit_test(images_have_command_lines),
		cmocka_unit_test_setup_teardown(loader_entries_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(files_are_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(links_are_not_written_through, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
