#include "services/nfs_kernel.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/render.hpp"

#include <fmt/format.h>

#include "base/path_text.hpp"

namespace krgboot {

namespace {

constexpr const char* exports_file = "/etc/exports";
constexpr const char* exports_directory_name = "/etc/exports.d";

class NfsKernel : public NfsService {
 public:
  std::string_view name() const noexcept override { return "kernel"; }

  std::vector<PlanItem> items(const ServerView& view, const ServerState& state) const override {
    std::vector<PlanItem> items;
    auto drop_ins = exports_directory(view.release());
    std::string all;
    for (const auto& image : view.images) {
      auto text = exports::render(view, image, state.without_number.count(image.name) != 0);
      if (!text) continue;
      if (drop_ins.empty()) {
        all += *text;
        continue;
      }
      auto path = fmt::format("{}/{}", drop_ins, exports::drop_in_name(image));
      items.emplace_back(
          WriteFile{{Role::exports, std::move(path), "images." + image.name}, *std::move(text)});
    }
    if (!all.empty())
      items.emplace_back(
          EditFile{{Role::exports, exports_file, "images"}, MarkedBlock{"exports", std::move(all)}});
    return items;
  }

  bool owns(Role role, std::string_view path) const noexcept override {
    return role == Role::exports && folder_of(path) == exports_directory_name &&
           exports::parse_drop_in_name(file_name_of(path)).has_value();
  }

  Argv reload(const Release& /*release*/) const override { return {"exportfs", "-ra"}; }
  std::string config_file(const Release& /*release*/) const override { return exports_file; }
  std::string exports_table(const Release& /*release*/) const override { return exports_file; }

  /// exportfs reads the directory since nfs-utils 1.2.3; for older releases krgboot writes a block into the
  /// table.
  std::string exports_directory(const Release& release) const override {
    return release.name == ReleaseName::lenny ? "" : exports_directory_name;
  }
};

}  // namespace

const NfsService& nfs_kernel() {
  static const NfsKernel service;
  return service;
}

}  // namespace krgboot
