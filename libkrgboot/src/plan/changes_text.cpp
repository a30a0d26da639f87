#include "krgboot/base/error.hpp"
#include "krgboot/base/visible.hpp"
#include "krgboot/plan/changes.hpp"
#include "krgboot/plan/unified_diff.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/overloaded.hpp"
#include "json_text.hpp"

namespace krgboot {

using nlohmann::ordered_json;

namespace {

bool is_binary(const ChangeItem& item) {
  return std::holds_alternative<CopyFile>(item);
}

std::string mode_lines(const Change& change, unsigned mode) {
  if (change.mode_before == 0 || change.mode_before == mode) return {};
  return fmt::format("old mode {}\nnew mode {}\n", mode_text(change.mode_before), mode_text(mode));
}

std::string headed(std::string_view path, bool was, bool will_be, const std::string& body) {
  return fmt::format("--- {}\n+++ {}\n{}", was ? fmt::format("a{}", path) : "/dev/null",
                     will_be ? fmt::format("b{}", path) : "/dev/null", body);
}

}  // namespace

std::string to_string(ChangeAction action) {
  switch (action) {
    case ChangeAction::create:
      return "create";
    case ChangeAction::update:
      return "update";
    case ChangeAction::remove:
      return "remove";
    case ChangeAction::adopt:
      return "adopt";
  }
  throw InternalError("an action without a name");
}

std::string unified_diff(const Change& change) {
  const auto& path = item_of(change.item).path;
  return std::visit(
      Overloaded{
          [&](const WriteFile& i) {
            if (change.kind_before == PathKind::symlink) {
              return fmt::format("link {} -> {} goes\n", path, change.before.value_or("")) +
                     headed(path, false, true, unified_hunks("", i.content));
            }
            auto text = mode_lines(change, i.mode);
            if (!change.writes || (change.mode_before != 0 && !change.before)) return text;  // same content
            auto before = change.before.value_or("");
            auto hunks = i.secret ? unified_hunks(accounts::without_hashes(before),
                                                  accounts::without_hashes(i.content, before))
                                  : unified_hunks(before, i.content);
            return hunks.empty() && change.mode_before != 0
                       ? text
                       : text + headed(path, change.mode_before != 0, true, hunks);
          },
          [&](const CopyFile& i) {
            return mode_lines(change, i.mode) +
                   fmt::format("Binary file {} becomes a copy of {}\n", path, i.source);
          },
          [&](const MakeLink& i) {
            auto before = change.kind_before == PathKind::file ? "a file" : change.before.value_or("nothing");
            return fmt::format("link {}: {} -> {}\n", path, before, i.target);
          },
          [&](const MakeDirectory& i) {
            return fmt::format("new directory {} {}\n", path, mode_text(i.mode));
          },
          [&](const Remove& i) {
            if (i.role == Role::directory) return fmt::format("directory {} goes, if it is empty\n", path);
            if (change.kind_before == PathKind::symlink)
              return fmt::format("link {} -> {} goes\n", path, change.before.value_or(""));
            if (!change.before) return fmt::format("Binary file {} goes\n", path);
            return headed(path, true, false, unified_hunks(*change.before, ""));
          },
      },
      change.item);
}

std::string unified_diff(const PendingStep& pending) {
  auto lines = [](const std::vector<std::string>& list) {
    return list.empty() ? std::string() : fmt::format("{}\n", fmt::join(list, "\n"));
  };
  auto name = fmt::format("{}: {}", pending.step.image, name_of(pending.step.state));
  return headed(name, true, true, unified_hunks(lines(pending.before), lines(pending.after)));
}

std::string unified_diff(const Changes& changes) {
  std::string text;
  for (const auto& change : changes.changes) text += unified_diff(change);
  for (const auto& step : changes.steps) text += unified_diff(step);
  return text;
}

std::string to_string(const Changes& changes) {
  fmt::memory_buffer text;
  for (const auto& change : changes.changes) {
    const auto& origin = item_of(change.item).origin;
    fmt::format_to(std::back_inserter(text), "{} {}", to_string(change.action), item_of(change.item).path);
    if (!origin.empty()) fmt::format_to(std::back_inserter(text), " ({})", origin);
    text.push_back('\n');
  }
  for (const auto& reload : changes.reloads) {
    fmt::format_to(std::back_inserter(text), "reload {}\n", to_string(reload.service));
  }
  for (const auto& [step, why, before, after] : changes.steps) {
    fmt::format_to(std::back_inserter(text), "configure {}: {}: {} ({})\n", step.image, name_of(step.state),
                   why, step.origin);
  }
  return harmless(std::string_view(text.data(), text.size()));
}

std::string to_json(const Changes& changes) {
  ordered_json list = ordered_json::array();
  for (const auto& change : changes.changes) {
    list.push_back({{"action", to_string(change.action)},
                    {"path", item_of(change.item).path},
                    {"origin", item_of(change.item).origin},
                    {"binary", is_binary(change.item)},
                    {"diff", unified_diff(change)}});
  }
  ordered_json reloads = ordered_json::array();
  for (const auto& reload : changes.reloads) reloads.push_back(json_of(reload));
  ordered_json steps = ordered_json::array();
  for (const auto& pending : changes.steps) {
    auto step = json_of(pending.step);
    step["why"] = pending.why;
    step["diff"] = unified_diff(pending);
    steps.push_back(std::move(step));
  }
  return dumped({{"changes", std::move(list)},
                 {"reloads", std::move(reloads)},
                 {"findings", json_of(changes.findings)},
                 {"accepted", json_of(changes.accepted)},
                 {"notices", json_of(changes.notices)},
                 {"steps", std::move(steps)}});
}

}  // namespace krgboot
