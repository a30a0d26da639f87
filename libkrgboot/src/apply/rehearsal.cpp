#include "rehearsal.hpp"

#include "krgboot/base/error.hpp"

namespace krgboot {

bool is_missing(const Diagnostic& finding) {
  return finding.code == "image.missing" || finding.code == "kernel.missing" ||
         finding.code == "loader.missing";
}

bool is_foreign(const Diagnostic& finding) {
  return finding.code == "file.foreign";
}

bool is_too_early(const Diagnostic& finding) {
  return finding.code == "kerrighed.plain_first";
}

Diagnostics findings_in_the_way(const Changes& changes, const ApplyOptions& options) {
  Diagnostics in_the_way;
  for (const auto& finding : changes.findings) {
    auto is_allowed = (options.allow_missing && is_missing(finding)) ||
                      (options.kerrighed_at_once && is_too_early(finding));
    if (finding.severity == Severity::error && !is_allowed) in_the_way.push_back(finding);
  }
  return in_the_way;
}

namespace {

ApplyReport stopped(const Changes& changes, Diagnostics by) {
  ApplyReport report;
  report.changes = changes;
  report.stopped_by = std::move(by);
  return report;
}

ApplyReport stopped(const Changes& changes, const Error& error) {
  return stopped(changes, {{Severity::error, error.code(), error.what(), "", error.subject(), {}}});
}

ApplyReport outcome(const Changes& changes, const ApplyOptions& options,
                    const std::function<ApplyReport()>& apply) {
  try {
    return apply();
  } catch (const ConflictError& error) {
    // A cancellation is passed on to its caller.
    if (error.code() == "apply.cancelled") throw;
    if (auto in_the_way = findings_in_the_way(changes, options); !in_the_way.empty())
      return stopped(changes, std::move(in_the_way));
    return stopped(changes, error);
  } catch (const CommandError& error) {
    return stopped(changes, error);
  } catch (const ArchiveError& error) {
    return stopped(changes, error);
  } catch (const IoError& error) {
    return stopped(changes, error);
  }
}

}  // namespace

ApplyReport rehearsed(const Changes& changes, const ApplyOptions& options,
                      const std::function<ApplyReport()>& apply) {
  auto report = outcome(changes, options, apply);
  report.dry_run = true;
  return report;
}

}  // namespace krgboot
