#include "services/nfs_kernel.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/render.hpp"

#include <fmt/format.h>

namespace krgboot {

namespace {

constexpr const char* table = "/etc/exports";
constexpr const char* directory = "/etc/exports.d";

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
      items.emplace_back(EditFile{{Role::exports, table, "images"}, MarkedBlock{"exports", std::move(all)}});
    return items;
  }

  bool owns(Role role, std::string_view path) const noexcept override {
    auto slash = path.rfind('/');
    return role == Role::exports && slash != std::string_view::npos && path.substr(0, slash) == directory &&
           exports::parse_drop_in_name(path.substr(slash + 1)).has_value();
  }

  Argv reload(const Release& /*release*/) const override { return {"exportfs", "-ra"}; }
  std::string config_file(const Release& /*release*/) const override { return table; }
  std::string exports_table(const Release& /*release*/) const override { return table; }

  /// exportfs reads the directory since nfs-utils 1.2.3; for older releases krgboot writes a block into the
  /// table.
  std::string exports_directory(const Release& release) const override {
    return release.name == ReleaseName::lenny ? "" : directory;
  }
};

}  // namespace

const NfsService& nfs_kernel() {
  static const NfsKernel service;
  return service;
}

}  // namespace krgboot
