# SPDX-License-Identifier: GPL-2.0-or-later
# A test result for each target.
include "bench";

def line: "\(if .value.met then "ok" else "not ok" end) \(.key + 1) - \(.value.what): "
	+ "\(.value.ours | figure) (\(.value.peer): \(.value.theirs | figure)) \(.value.target)";

(.results | map(select(.met != null)) | (to_entries[] | line), "1..\(length)")
