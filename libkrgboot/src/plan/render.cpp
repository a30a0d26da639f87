#include "krgboot/plan/render.hpp"

#include "krgboot/formats/loader/boot_path.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/path_text.hpp"
#include "directories.hpp"
#include "render_image.hpp"
#include "services/services.hpp"

namespace krgboot {

namespace {

using Items = std::vector<PlanItem>;

void append(Items& items, Items more) {
  std::move(more.begin(), more.end(), std::back_inserter(items));
}

Scope scope_of(const ServerView& view) {
  Scope scope{view.cluster.name(), view.cluster.source(), {}, {}};
  for (const auto& network : view.networks) scope.networks.push_back(network.subnet);
  for (const auto& image : view.images) scope.exports.push_back(image.path);
  return scope;
}

/// Copies of kernels and initrds for the boot loaders. A file that several boot entries name is copied once.
Items boot_copies(const ServerView& view) {
  std::map<std::string, CopyFile> copies;
  auto add = [&](const BootEntry& entry, const std::string& file) {
    const auto& image = view.cluster.image_of(entry);
    auto path = fmt::format("{}/{}", view.server.tftp_root, boot_path(image, file));
    CopyFile copy{{Role::kernel, path, "boot." + entry.name}, fmt::format("{}/boot/{}", image.path, file)};
    copy.source_within = image.path;
    copies.try_emplace(path, std::move(copy));
  };
  for (const auto& entry : view.cluster.boot()) {
    add(entry, entry.kernel);
    if (entry.initrd) add(entry, *entry.initrd);
  }
  Items items;
  for (auto& [path, copy] : copies) items.emplace_back(std::move(copy));
  return items;
}

/// Files whose change requires a reload of their service. Symlinks do not count: each belongs to a file of
/// the same service.
std::vector<std::string> files_in(const Items& items) {
  std::vector<std::string> paths;
  for (const auto& item : items) {
    if (std::holds_alternative<WriteFile>(item) || std::holds_alternative<EditFile>(item))
      paths.push_back(item_of(item).path);
  }
  return paths;
}

class Rendering {
 public:
  Rendering(const ServerView& view, const ServerState& state) : view_(view), state_(state) {}

  Plan result() {
    Items items;
    for (const auto* part : parts_of(view_.server)) {
      auto own = part->items(view_, state_);
      if (const auto* service = dynamic_cast<const Service*>(part))
        files_of_service_[service->service_name()] = files_in(own);
      if (part != &loader_of(view_.server)) {
        append(items, std::move(own));
        continue;
      }
      // The loader's programs first, then the kernels that they load, then the boot files that name these.
      auto boot_files = std::stable_partition(
          own.begin(), own.end(), [](const PlanItem& item) { return item_of(item).role == Role::loader; });
      std::move(own.begin(), boot_files, std::back_inserter(items));
      append(items, boot_copies(view_));
      std::move(boot_files, own.end(), std::back_inserter(items));
    }
    for (const auto& image : view_.images) append(items, render_image(view_, image));

    Plan plan;
    plan.scope = scope_of(view_);
    plan.items = directories_of(items);
    append(plan.items, std::move(items));
    plan.reloads = reloads();
    for (const auto& image : view_.images) {
      auto steps = image_steps(view_.cluster, image);
      std::move(steps.begin(), steps.end(), std::back_inserter(plan.steps));
    }
    return plan;
  }

 private:
  // Reloads of all services, including those the spec does not use: files of an earlier spec may have to be
  // unloaded.
  std::vector<Reload> reloads() const {
    std::vector<Reload> all;
    for (const auto* service : all_services()) {
      auto command = service->reload(view_.release());
      if (command.empty()) continue;
      auto files = files_of_service_.find(service->service_name());
      all.push_back({service->service_name(), std::move(command),
                     files == files_of_service_.end() ? std::vector<std::string>{} : files->second});
    }
    return all;
  }

  const ServerView view_;
  const ServerState& state_;
  std::map<ServiceName, std::vector<std::string>> files_of_service_;
};

}  // namespace

Plan render(const ServerView& view, const ServerState& state) {
  return Rendering(view, state).result();
}

}  // namespace krgboot
