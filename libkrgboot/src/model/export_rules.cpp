#include "model/export_rules.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/model/defaults.hpp"
#include "krgboot/model/root_scheme.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster_builder.hpp"
#include "model/names.hpp"

namespace krgboot::model {

namespace {

bool has_sys(const std::vector<SecurityFlavor>& flavors) {
  return std::find(flavors.begin(), flavors.end(), SecurityFlavor::sys) != flavors.end();
}

std::vector<SecurityFlavor> check_flavors(Report& report, const ListField<SecurityFlavor>& field,
                                          const std::string& key, std::vector<SecurityFlavor> otherwise) {
  if (!field) return otherwise;
  if (field->empty()) {
    report.error(field.at, key, "image.no_sec", "an export that takes no flavor lets nobody in",
                 "leave out sec, or write sec: [sys]");
    return otherwise;
  }
  auto flavors = values(field);
  for (std::size_t i = 0; i < flavors.size(); ++i) {
    if (std::find(flavors.begin(), flavors.begin() + static_cast<std::ptrdiff_t>(i), flavors[i]) ==
        flavors.begin() + static_cast<std::ptrdiff_t>(i))
      continue;
    report.error((*field)[i].at, fmt::format("{}[{}]", key, i), "image.duplicate_sec",
                 "this flavor is named twice");
  }
  return flavors;
}

}  // namespace

ExportRules check_export_rules(Report& report, const ImageSpec& image, const std::string& key,
                               RootMode root) {
  ExportRules rules;
  rules.squash = image.squash.value_or(defaults::squash);
  rules.sec = check_flavors(report, image.sec, key + ".sec", {defaults::sec});
  rules.secure = image.secure.value_or(defaults::secure);
  if (!has_sys(rules.sec)) {
    report.error(
        image.sec.at, key + ".sec", "image.sec_without_sys",
        fmt::format(
            "nodes cannot mount the root of image {}: a node that mounts its root has no Kerberos ticket yet",
            shown(image.name)),
        "add sys, or name sec in the mappings of writable");
  }
  if (rules.squash == Squash::no_root_squash) return rules;
  if (const auto& scheme = root_scheme(root); scheme.export_is_writable) {
    report.error(image.squash.at, key + ".squash", "image.squashed_root",
                 fmt::format("root of a node could write nothing on the root of image {}, which is {}",
                             shown(image.name), scheme.word),
                 "write no_root_squash; or root: ro, and squash in the mappings of writable");
  } else {
    report.warning(image.squash.at, key + ".squash", "image.squashed_root",
                   fmt::format("root of a node can read only world-readable files of image {}: neither "
                               "/etc/shadow, so that no password login works, nor ssh host keys",
                               shown(image.name)),
                   "write no_root_squash; writable directories may say otherwise");
  }
  return rules;
}

std::vector<WritableDirectory> check_writable_rules(Report& report, const ImageSpec& image,
                                                    const std::string& key, const ExportRules& rules) {
  std::vector<WritableDirectory> directories;
  if (!image.writable) return directories;
  for (std::size_t i = 0; i < image.writable->size(); ++i) {
    const auto& spec = (*image.writable)[i].value;
    ExportRules own;
    own.squash = spec.squash.value_or(rules.squash);
    own.sec = check_flavors(report, spec.sec, fmt::format("{}.writable[{}].sec", key, i), rules.sec);
    own.secure = spec.secure.value_or(rules.secure);
    directories.push_back({spec.path.value_or(""), std::move(own)});
  }
  return directories;
}

void check_reason(Report& report, const Field<std::string>& reason, const std::string& key) {
  if (!reason || !has_control(*reason)) return;
  report.error(reason.at, key, "image.reason_control",
               fmt::format("the reason {} holds a control character", in_quotes(*reason)),
               "write it on one line");
}

}  // namespace krgboot::model
