#include "services/systemd_units.hpp"

#include "krgboot/formats/root_tree/mount_unit.hpp"

#include <fmt/format.h>

#include "base/path_text.hpp"

namespace krgboot {

namespace {

class SystemdUnits : public Service {
 public:
  std::string_view name() const noexcept override { return "systemd"; }
  ServiceKind kind() const noexcept override { return ServiceKind::units; }

  std::vector<PlanItem> items(const ServerView& view, const ServerState& /*state*/) const override {
    std::vector<PlanItem> items;
    for (const auto& image : view.images) {
      if (!image.filesystem) continue;
      auto origin = fmt::format("images.{}.filesystem", image.name);
      items.emplace_back(
          WriteFile{{Role::mount_unit, mount_unit::path(image), origin}, mount_unit::render(image)});
      items.emplace_back(MakeLink{{Role::mount_unit, mount_unit::link_path(image), origin},
                                  "../" + mount_unit::name(image.path)});
    }
    return items;
  }

  bool owns(Role role, std::string_view path) const noexcept override {
    auto folder = folder_of(path);
    return role == Role::mount_unit && (folder == mount_unit::folder || folder == mount_unit::wants_folder) &&
           mount_unit::parse_name(file_name_of(path)).has_value();
  }

  Argv reload(const Release& release) const override {
    if (release.init != InitSystem::systemd) return {};
    return {"systemctl", "daemon-reload"};
  }
  std::string config_file(const Release& /*release*/) const override {
    return std::string(mount_unit::folder);
  }
};

}  // namespace

const Service& systemd_units() {
  static const SystemdUnits service;
  return service;
}

}  // namespace krgboot
