#include "krgboot/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "model/names.hpp"
#include "model/stages.hpp"

namespace krgboot::model {

void check_cluster(ClusterBuilder& cluster) {
  const auto& spec = cluster.spec;
  auto& report = cluster.report;

  if (cluster.require(spec.version, "", "version") && *spec.version != 1) {
    report.error(spec.version.at, "version", "spec.version",
                 fmt::format("version {} is not known to this krgboot", *spec.version), "write version: 1");
  }
  if (cluster.require(spec.name, "cluster", "name")) {
    if (!is_label(*spec.name)) {
      report.error(spec.name.at, "cluster.name", "cluster.name_syntax",
                   fmt::format("{} cannot be the name of a cluster", in_quotes(*spec.name)), label_grammar);
    }
    cluster.name = *spec.name;
  }
  if (cluster.require(spec.domain, "cluster", "domain")) cluster.domain = *spec.domain;
}

}  // namespace krgboot::model
