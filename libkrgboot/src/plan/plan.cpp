#include "krgboot/plan/plan.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/overloaded.hpp"
#include "base/path_text.hpp"
#include "json_text.hpp"

namespace krgboot {

using nlohmann::ordered_json;

void check_plan(const Plan& plan) {
  const auto& scope = plan.scope.name;
  if (scope.empty() || has_control(scope))
    throw ArgumentError("scope.name", scope, "a scope needs a name without control characters");
  std::unordered_set<std::string_view> paths;
  paths.reserve(plan.items.size());
  for (const auto& item : plan.items) {
    const auto& [role, path, origin, within] = item_of(item);
    if (!is_normal_path(path) || (!within.empty() && !is_beneath(path, within)))
      throw ArgumentError(
          "item.path", path,
          fmt::format("{} is no path that an item may have: it must be absolute, without . or "
                      "..{}",
                      in_quotes(path), within.empty() ? "" : ", and lie in " + within));
    if (!paths.insert(path).second)
      throw ArgumentError("item.twice", path, fmt::format("two items are about {}", in_quotes(path)));
  }
}

namespace {

std::string line_of(const PlanItem& item) {
  return std::visit(
      Overloaded{
          [](const WriteFile& i) {
            return fmt::format("write {} {:04o} {} bytes ({})", i.path, i.mode, i.content.size(), i.origin);
          },
          [](const EditFile& i) {
            return fmt::format("edit {} {} ({})", i.path, describe(i.edit), i.origin);
          },
          [](const CopyFile& i) {
            return fmt::format("copy {} {:04o} from {} ({})", i.path, i.mode, i.source, i.origin);
          },
          [](const MakeLink& i) { return fmt::format("link {} to {} ({})", i.path, i.target, i.origin); },
          [](const MakeDirectory& i) {
            return fmt::format("directory {} {:04o} ({})", i.path, i.mode, i.origin);
          },
          [](const Remove& i) {
            return i.origin.empty() ? fmt::format("remove {}", i.path)
                                    : fmt::format("remove {} ({})", i.path, i.origin);
          },
      },
      item);
}

std::string line_of(const Reload& reload) {
  return fmt::format("reload {} by {} when {} changes", to_string(reload.service),
                     fmt::join(reload.argv, " "), fmt::join(reload.when, " or "));
}

/// The fields that all kinds of items share.
ordered_json json_of(std::string_view what, const Item& item) {
  ordered_json json{
      {"do", what}, {"role", to_string(item.role)}, {"path", item.path}, {"origin", item.origin}};
  if (!item.within.empty()) json["within"] = item.within;
  return json;
}

}  // namespace

std::string mode_text(unsigned mode) {
  return fmt::format("{:04o}", mode);
}

ordered_json json_of(const PlanItem& item) {
  return std::visit(Overloaded{
                        [](const WriteFile& i) {
                          auto json = json_of("write", i);
                          json["mode"] = mode_text(i.mode);
                          json["content"] = i.secret ? accounts::without_hashes(i.content) : i.content;
                          if (i.replaces) json["replaces"] = true;
                          return json;
                        },
                        [](const EditFile& i) {
                          auto json = json_of("edit", i);
                          json["edit"] = ordered_json::parse(edit_to_json(i.edit));
                          return json;
                        },
                        [](const CopyFile& i) {
                          auto json = json_of("copy", i);
                          json["mode"] = mode_text(i.mode);
                          json["source"] = i.source;
                          return json;
                        },
                        [](const MakeLink& i) {
                          auto json = json_of("link", i);
                          json["target"] = i.target;
                          if (i.replaces) json["replaces"] = true;
                          return json;
                        },
                        [](const MakeDirectory& i) {
                          auto json = json_of("directory", i);
                          json["mode"] = mode_text(i.mode);
                          if (i.owner) json["owner"] = fmt::format("{}:{}", i.owner->user, i.owner->group);
                          return json;
                        },
                        [](const Remove& i) { return json_of("remove", i); },
                    },
                    item);
}

ordered_json json_of(const Reload& reload) {
  return {{"service", to_string(reload.service)}, {"argv", reload.argv}, {"when", reload.when}};
}

ordered_json json_of(const ImageStep& step) {
  return {{"image", step.image},
          {"origin", step.origin},
          {"step", name_of(step.state)},
          {"what", to_string(step.state)}};
}

std::string to_string(const Plan& plan) {
  std::string text;
  for (const auto& item : plan.items) text += line_of(item) + '\n';
  for (const auto& reload : plan.reloads) text += line_of(reload) + '\n';
  for (const auto& step : plan.steps)
    text += fmt::format("configure {}: {} ({})\n", step.image, to_string(step.state), step.origin);
  return harmless(text);
}

std::string to_json(const Plan& plan) {
  auto list = [](const auto& elements) {
    auto array = ordered_json::array();
    for (const auto& element : elements) array.push_back(json_of(element));
    return array;
  };
  return dumped({{"scope", plan.scope.name},
                 {"items", list(plan.items)},
                 {"reloads", list(plan.reloads)},
                 {"steps", list(plan.steps)}});
}

}  // namespace krgboot
