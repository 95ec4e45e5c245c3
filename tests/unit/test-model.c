// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists grow and stay zeroed, files are found, a snapshot frees all it owns. */
#include "model.h"
#include "test.h"
#include "xalloc.h"

static void list_grows(void **state)
{
	struct list list = { 0 };
	size_t i;

	(void)state;
	assert_false(list.known);
	for (i = 0; i < 1000; i++) {
		struct number *item = list_add(&list, sizeof(*item));

		assert_false(item->known);
		*item = number(i);
	}
	assert_true(list.known);
	assert_int_equal(list.count, 1000);
	for (i = 0; i < 1000; i++) {
		struct number *item = list_at(&list, i, sizeof(*item));

		assert_int_equal(item->value, i);
	}
	free(list.items);
}

static void file_is_found_by_device_and_inode(void **state)
{
	struct snapshot snapshot = { 0 };
	struct secret_file *file;

	(void)state;
	assert_null(snapshot_find_file(&snapshot, 1, 2));
	list_add(&snapshot.files, sizeof(*file));
	assert_null(snapshot_find_file(&snapshot, 0, 0));
	file = list_add(&snapshot.files, sizeof(*file));
	file->device = number(1);
	file->inode = number(2);
	assert_ptr_equal(snapshot_find_file(&snapshot, 1, 2), file);
	assert_null(snapshot_find_file(&snapshot, 2, 2));
	snapshot_clear(&snapshot);
}

static void clear_frees_all(void **state)
{
	struct snapshot snapshot = { 0 }, zero = { 0 };
	struct secret_file *file = list_add(&snapshot.files, sizeof(*file));
	struct holder *holder = list_add(&file->holders, sizeof(*holder));
	struct blocker *blocker = list_add(&snapshot.hibernation.blockers, sizeof(*blocker));
	struct limit *limit = list_add(&snapshot.limits, sizeof(*limit));

	(void)state;
	file->creator.comm = xstrdup("creator");
	file->creator.cgroup = xstrdup("/a");
	holder->comm = xstrdup("holder");
	holder->cgroup = xstrdup("/b");
	blocker->comm = xstrdup("blocker");
	limit->cgroup = xstrdup("/c");
	list_add(&snapshot.chunks, sizeof(struct chunk));
	list_add(&snapshot.direct_map.levels, sizeof(struct direct_map_level));
	snapshot.info.machine = xstrdup("x86_64");
	snapshot.info.kernel_release = xstrdup("6.12");
	snapshot_clear(&snapshot);
	assert_memory_equal(&snapshot, &zero, sizeof(zero));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_grows),
		cmocka_unit_test(file_is_found_by_device_and_inode),
		cmocka_unit_test(clear_frees_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
