# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Sourced after lib.sh: node_exporter, Prometheus and its Alertmanager.

textfiles=$scratch/textfiles
mkdir -p "$textfiles"

start_node_exporter() {
	node_exporter=127.0.0.1:$(free_port)
	serve node-exporter prometheus-node-exporter --web.listen-address="$node_exporter" \
		--collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$textfiles"
	up node-exporter get "http://$node_exporter/metrics"
}

# It would tell a pager; here it is asked.
start_alertmanager() {
	alertmanager=127.0.0.1:$(free_port)
	cat >"$scratch/alertmanager.yml" <<-END
		route: {receiver: nobody, group_wait: 1s, group_interval: 1s}
		receivers: [{name: nobody}]
	END
	serve alertmanager prometheus-alertmanager --config.file="$scratch/alertmanager.yml" \
		--storage.path="$scratch/alertmanager" --web.listen-address="$alertmanager" \
		--cluster.listen-address=
	up alertmanager get "http://$alertmanager/-/ready"
}

# Of rules that wait for minutes a copy that waits for seconds.
hasty_rules() {
	sed -E 's/^( *for:) .*/\1 2s/' "$contrib/prometheus/secretmem.rules.yml" \
		>"$scratch/secretmem.rules.yml"
}

# start_prometheus [JOB…]: lines of scrape_configs besides node_exporter's
# shellcheck disable=SC2120
start_prometheus() {
	prometheus=127.0.0.1:$(free_port)
	hasty_rules
	cat >"$scratch/prometheus.yml" <<-END
		global: {scrape_interval: 1s, evaluation_interval: 1s, scrape_timeout: 1s}
		rule_files: [$scratch/secretmem.rules.yml]
		alerting: {alertmanagers: [{static_configs: [{targets: ["$alertmanager"]}]}]}
		scrape_configs:
		  - {job_name: node, static_configs: [{targets: ["$node_exporter"]}]}
		$(printf '  %s\n' "$@")
	END
	serve prometheus prometheus --config.file="$scratch/prometheus.yml" \
		--storage.tsdb.path="$scratch/prometheus" --web.listen-address="$prometheus" \
		--query.lookback-delta=5s --log.level=warn
	up prometheus get "http://$prometheus/-/ready"
}

# query EXPRESSION: its values, one a line
query() {
	get "http://$prometheus/api/v1/query?query=$(jq -rn --arg text "$1" '$text | @uri')" |
		jq -r '.data.result[].value[1]'
}

# The series has this value.
value_is() {
	[[ $(query "$1") == "$2" ]]
}

# Alerts at the Alertmanager that fire, by name.
alerts() {
	get "http://$alertmanager/api/v2/alerts?active=true" | jq -r '.[].labels.alertname' |
		sort -u
}

fires() {
	alerts | grep -qx "$1"
}

fires_not() {
	! fires "$1"
}
