// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line inside a unified kernel image: the section .cmdline of a PE
 * file. Nothing in it is believed before it was compared with the file's length.
 */
#include <endian.h>

#include "boot/backend.h"
#include "xalloc.h"

#define PE_OFFSET 0x3c
#define PE_HEADER 24		/* "PE\0\0" and the COFF header */
#define SECTION_HEADER 40

struct image {
	const unsigned char *bytes;
	size_t length;
};

static bool take(const struct image *image, size_t at, size_t size, uint32_t *value)
{
	uint32_t raw = 0;

	if (at > image->length || image->length - at < size)
		return false;
	memcpy(&raw, image->bytes + at, size);
	*value = le32toh(raw);
	return true;
}

/* Where the table of sections is, and how many there are. */
static bool find_sections(const struct image *image, size_t *at, uint32_t *count)
{
	uint32_t header, signature, optional;

	if (image->length < 2 || memcmp(image->bytes, "MZ", 2) ||
	    !take(image, PE_OFFSET, 4, &header) || !take(image, header, 4, &signature) ||
	    signature != 0x4550 || !take(image, (size_t)header + 6, 2, count) ||
	    !take(image, (size_t)header + 20, 2, &optional))
		return false;
	*at = (size_t)header + PE_HEADER + optional;
	return true;
}

/* Its text ends with the section, or with a NUL before that. */
static char *section_text(const struct image *image, size_t header)
{
	uint32_t virtual_size, raw_size, start;

	if (!take(image, header + 8, 4, &virtual_size) ||
	    !take(image, header + 16, 4, &raw_size) || !take(image, header + 20, 4, &start))
		return NULL;
	if (virtual_size && virtual_size < raw_size)
		raw_size = virtual_size;
	if (start > image->length || image->length - start < raw_size)
		return NULL;
	return xstrndup((const char *)image->bytes + start, raw_size);
}

char *cmdline_of_image(const unsigned char *bytes, size_t length)
{
	const struct image image = { bytes, length };
	uint32_t count, i;
	size_t at;

	if (!find_sections(&image, &at, &count))
		return NULL;
	for (i = 0; i < count; i++, at += SECTION_HEADER) {
		if (at > length || length - at < SECTION_HEADER)
			return NULL;
		if (!memcmp(bytes + at, ".cmdline", 8))
			return section_text(&image, at);
	}
	return NULL;
}
