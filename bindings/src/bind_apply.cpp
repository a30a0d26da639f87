#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/exports_files.hpp"
#include "krgboot/apply/observe.hpp"
#include "krgboot/apply/proposal.hpp"
#include "krgboot/apply/trace.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/base/visible.hpp"

#include "bind_values.hpp"

namespace krgboot::bindings {

namespace {

using Progress = std::function<void(std::size_t, std::size_t, const std::string&)>;

ApplyOptions options_of(bool adopt, bool allow_missing, bool kerrighed_at_once, bool skip_bad_images,
                        bool check, bool reload, bool dry_run, std::optional<double> lock_timeout,
                        const std::optional<Progress>& progress) {
  ApplyOptions options;
  options.adopt = adopt;
  options.allow_missing = allow_missing;
  options.kerrighed_at_once = kerrighed_at_once;
  options.skip_bad_images = skip_bad_images;
  options.check = check;
  options.reload = reload;
  options.dry_run = dry_run;
  options.lock.timeout = milliseconds_of(lock_timeout);
  // Ctrl-C while waiting for the lock or between two files raises in Python; nothing has been written then.
  options.lock.keep_waiting = unless_interrupted;
  options.on_progress = [progress, last = std::string()](std::size_t done, std::size_t total,
                                                         std::string_view what) mutable {
    // Report only every 256th file: a callback per file is slow for large trees.
    if (done % 256 != 0 && done != total && what.substr(0, 1) == "/") return true;
    py::gil_scoped_acquire acquire;
    unless_interrupted();
    if (progress) (*progress)(done, total, std::string(what));
    return true;
  };
  return options;
}

constexpr const char* apply_doc =
    "Write all changes of the plan, or none: lock, compare again, stage, let the daemons check the staged "
    "files,\n"
    "journal, commit, reload.\n\n"
    "adopt: take over foreign files at krgboot's paths. allow_missing: write even if an image, kernel or "
    "loader is\n"
    "missing. kerrighed_at_once: let machines boot a Kerrighed kernel although they do not yet boot its "
    "image\n"
    "without Kerrighed. skip_bad_images (for a cluster, not for a plan): leave an image unchanged if its "
    "content\n"
    "prevents reading or writing it, and write everything else. check: let the installed daemons check the "
    "staged\n"
    "files. reload: reload services (never on a staged tree). dry_run: stage, let the daemons check, write "
    "only\n"
    "krgboot's lock, and report in stopped_by what would prevent writing instead of raising it. "
    "lock_timeout:\n"
    "seconds to wait for another apply; None: no limit. progress: called with (done, total, what); an "
    "exception\n"
    "from it cancels, and nothing is written.\n\n"
    "Raises ConflictError, CommandError, IoError; then nothing has changed.";

Firmware firmware_named(const std::string& name) {
  if (auto firmware = parse_firmware(name)) return *firmware;
  std::string known;
  for (auto each : firmwares()) known += (known.empty() ? "" : ", ") + to_string(each);
  throw ArgumentError("firmware.unknown", name,
                      in_quotes(name) + " is no firmware: expected one of " + known);
}

void bind_trace(py::module_& m) {
  py::list every_firmware;
  for (auto firmware : firmwares()) every_firmware.append(to_string(firmware));
  m.attr("FIRMWARES") = py::tuple(every_firmware);
  py::native_enum<BootStage>(m, "Stage", "enum.Enum", "The stages of a boot, in order.")
      .value("dhcp", BootStage::dhcp)
      .value("loader", BootStage::loader)
      .value("boot_file", BootStage::boot_file)
      .value("kernel", BootStage::kernel)
      .value("initrd", BootStage::initrd)
      .value("command_line", BootStage::command_line)
      .value("root", BootStage::root)
      .value("init", BootStage::init)
      .value("mounts", BootStage::mounts)
      .value("login", BootStage::login)
      .finalize();
  py::native_enum<StepStatus>(m, "Status", "enum.Enum")
      .value("ok", StepStatus::ok)
      .value("warning", StepStatus::warning)
      .value("unknown", StepStatus::unknown)
      .value("broken", StepStatus::broken)
      .finalize();
  py::class_<TraceStep>(m, "Step", "One event of the boot, with its status.")
      .def_readonly("stage", &TraceStep::stage)
      .def_readonly("status", &TraceStep::status)
      .def_readonly("what", &TraceStep::what)
      .def_readonly("why", &TraceStep::why)
      .def_readonly("hint", &TraceStep::hint)
      .def("__repr__", [](const TraceStep& s) {
        return "<Step " + to_string(s.stage) + " " + to_string(s.status) + ": " + s.what + ">";
      });
  py::class_<Machine>(m, "Machine", "The booting machine; unknown properties are None.")
      .def_readonly("name", &Machine::name)
      .def_readonly("mac", &Machine::mac)
      .def_readonly("uuid", &Machine::uuid)
      .def_readonly("address", &Machine::address)
      .def_property_readonly("firmware", [](const Machine& machine) { return to_string(machine.firmware); });
  py::class_<Trace>(m, "Trace", "A node's boot, simulated from the files under a root.")
      .def_readonly("machine", &Trace::machine)
      .def_readonly("steps", &Trace::steps)
      .def_property_readonly(
          "boot_files",
          [](const Trace& trace) {
            std::vector<std::pair<std::string, std::string>> names;
            names.reserve(trace.boot_files.size());
            for (const auto& candidate : trace.boot_files)
              names.emplace_back(candidate.name, to_string(candidate.state));
            return names;
          },
          "The requested boot file names, in order, each with \"missing\", \"loaded\", \"hidden\" or "
          "\"unreadable\".")
      .def_readonly("boot_file", &Trace::boot_file)
      .def_readonly("host_name", &Trace::host_name, "The host name that DHCP sends; empty: none.")
      .def_readonly("label", &Trace::label)
      .def_readonly("kernel", &Trace::kernel)
      .def_readonly("initrds", &Trace::initrds)
      .def_readonly("command_line", &Trace::command_line)
      .def_readonly("root_path", &Trace::root_path)
      .def_property_readonly("status", &Trace::status, "The worst status of the steps.")
      .def_property_readonly("boots", &Trace::boots)
      .def_property_readonly("verdict", &Trace::verdict,
                             "\"boots\", \"would not boot\", or \"cannot be followed to the end\".")
      .def("__bool__", &Trace::boots)
      .def("__len__", [](const Trace& trace) { return trace.steps.size(); })
      .def("__iter__", [](const Trace& trace) { return iterator_of(trace.steps); })
      .def("__str__", [](const Trace& trace) { return to_string(trace); })
      .def("to_json", [](const Trace& trace) { return to_json(trace); });
  m.def(
      "trace",
      [](const Cluster& cluster, const std::string& machine, const std::filesystem::path& root,
         std::optional<Ipv4Address> address, const std::string& firmware) {
        py::gil_scoped_release release;
        auto who = find_machine(cluster, machine);
        who.firmware = firmware_named(firmware);
        if (address) who.address = address;
        return trace(cluster, who, Root(root));
      },
      py::arg("cluster"), py::arg("machine"), py::arg("root") = "/", py::kw_only(),
      py::arg("address") = std::nullopt, py::arg("firmware") = "bios",
      "Simulate the boot of a node, or of any machine by its MAC address, UUID or IP address. `address`: the "
      "address\n"
      "that DHCP gave the machine, if known. `firmware`: what boots it, one of FIRMWARES. Raises "
      "ArgumentError, "
      "IoError.");
  m.def(
      "trace_all",
      [](const Cluster& cluster, const std::vector<std::string>& machines, const std::filesystem::path& root,
         const std::string& firmware) {
        py::gil_scoped_release release;
        Tracer tracer(cluster, Root(root));
        std::vector<Trace> traces;
        traces.reserve(machines.size());
        for (const auto& machine : machines) {
          auto who = find_machine(cluster, machine);
          who.firmware = firmware_named(firmware);
          traces.push_back(tracer.trace(who));
        }
        return traces;
      },
      py::arg("cluster"), py::arg("machines"), py::arg("root") = "/", py::kw_only(),
      py::arg("firmware") = "bios", "Like `trace`, for many machines; reads the server's files once.");
}

void bind_exports_files(py::module_& m) {
  m.def(
      "read_exports_tables",
      [](const std::filesystem::path& root, ReleaseName of) {
        py::gil_scoped_release unlocked;
        return read_exports_tables(Root(root), release(of));
      },
      py::arg("root") = "/", py::arg_v("release", ReleaseName::bookworm, "ReleaseName.bookworm"),
      "Every table that exportfs of that release reads, in reading order. Raises IoError.");
  m.def(
      "read_exports_table",
      [](const std::string& path, const std::filesystem::path& root) {
        py::gil_scoped_release unlocked;
        return read_exports_table(Root(root), path);
      },
      py::arg("path") = "/etc/exports", py::arg("root") = "/",
      "Read one table. Raises IoError, also if the file does not exist.");
  m.def(
      "view_exports",
      [](std::vector<ExportsTable> tables, const std::filesystem::path& root) {
        py::gil_scoped_release unlocked;
        return view_exports(Root(root), std::move(tables));
      },
      py::arg("tables"), py::arg("root") = "/",
      "Combine these tables as the server of that root sees them: its /etc/hosts maps addresses to names. "
      "Raises\n"
      "IoError.");
  m.def(
      "check_exports",
      [](const ExportsView& view, const std::filesystem::path& root) {
        py::gil_scoped_release unlocked;
        return check_exports(Root(root), view);
      },
      py::arg("view"), py::arg("root") = "/",
      "Faults of these tables: entries that exportfs would drop or misread, exported directories that do not "
      "exist,\n"
      "and files outside an export that clients can reach by file handle. Raises IoError.");
}

}  // namespace

void bind_apply(py::module_& m) {
  bind_trace(m);
  bind_exports_files(m);
  py::class_<Root>(m, "Root",
                   "A directory that confines all path lookups: \"/\", a staged tree, or an image.")
      .def(py::init([](const std::filesystem::path& directory) { return Root(directory); }),
           py::arg("directory") = "/")
      .def_property_readonly("path", &Root::host_path)
      .def("__fspath__", [](const Root& root) { return root.host_path().native(); })
      .def("__repr__", [](const Root& root) { return "Root('" + root.host_path().native() + "')"; });

  py::class_<Proposal>(m, "Plan", "What apply would do: a rendering compared with the files under a root.")
      .def_property_readonly("root", [](const Proposal& p) { return p.root.host_path(); })
      .def_readonly("rendering", &Proposal::plan, "The desired state.")
      .def_readonly("changes", &Proposal::changes)
      .def_property_readonly(
          "findings", [](const Proposal& p) { return p.changes.findings; },
          "Missing files, and obstacles to applying the plan.")
      .def_property_readonly(
          "steps", [](const Proposal& p) { return p.changes.steps; },
          "Steps in images that configure_image must make.")
      .def_property_readonly(
          "clean", [](const Proposal& p) { return p.changes.clean(); }, "Do all files match the spec?")
      .def(
          "__bool__", [](const Proposal& p) { return !p.changes.empty(); }, "Would apply change anything?")
      .def("__len__", [](const Proposal& p) { return p.changes.changes.size(); })
      .def("__iter__", [](const Proposal& p) { return iterator_of(p.changes.changes); })
      .def("__str__", [](const Proposal& p) { return to_string(p.changes); })
      .def(
          "diff", [](const Proposal& p) { return unified_diff(p.changes); },
          "All changes in the format of diff -u.")
      .def("to_json", [](const Proposal& p) { return to_json(p.changes); })
      .def("__repr__", [](const Proposal& p) {
        return "<Plan of " + std::to_string(p.changes.changes.size()) + " changes under " +
               p.root.host_path().native() + ">";
      });

  py::class_<Verification>(m, "Verification", "The differences between the existing files and the spec.")
      .def_readonly("drift", &Verification::drift)
      .def_property_readonly("clean", &Verification::clean)
      .def("__bool__", &Verification::clean)
      .def("to_json", [](const Verification& v) { return to_json(v.drift); });

  py::class_<DaemonCheck>(m, "DaemonCheck", "Result of one daemon's own configuration check.")
      .def_readonly("daemon", &DaemonCheck::daemon)
      .def_readonly("ran", &DaemonCheck::ran)
      .def_readonly("detail", &DaemonCheck::detail);

  py::class_<ApplyReport>(m, "ApplyReport", "Report of an apply.")
      .def_readonly("changes", &ApplyReport::changes)
      .def_readonly("checks", &ApplyReport::checks)
      .def_readonly("reloaded", &ApplyReport::reloaded)
      .def_readonly("warnings", &ApplyReport::warnings)
      .def("to_json", [](const ApplyReport& report) { return to_json(report); });

  m.def(
      "plan_items",
      [](std::vector<PlanItem> items, std::string scope, const std::filesystem::path& root, ReleaseName of,
         bool adopt) {
        py::gil_scoped_release unlocked;
        DiffOptions options;
        options.adopt = adopt;
        auto plan = plan_items({std::move(scope)}, std::move(items), release(of));
        return propose(std::move(plan), Root(root), release(of), options);
      },
      py::arg("items"), py::kw_only(), py::arg("scope"), py::arg("root") = "/",
      py::arg_v("release", ReleaseName::bookworm, "ReleaseName.bookworm"), py::arg("adopt") = false,
      "Compare a program's own items, and the directories that they lie in, with the files under `root`. "
      "`scope` names\n"
      "their owner: apply removes files that an earlier plan of the same scope made and this one does not "
      "contain, so an\n"
      "empty list removes all files of the scope. Raises ArgumentError for a path that is not absolute and "
      "normalized, or that two items "
      "share;\n"
      "ConflictError, IoError.");
  m.def(
      "scopes",
      [](const std::filesystem::path& root) {
        py::gil_scoped_release unlocked;
        std::vector<std::pair<std::string, std::string>> all;
        for (const auto& scope : read_manifest(Root(root)).scopes) all.emplace_back(scope.name, scope.source);
        return all;
      },
      py::arg("root") = "/",
      "The owners of krgboot's files under `root`: names of clusters or programs, each with the file that it "
      "was\n"
      "applied from, which may be empty. Raises ConflictError, IoError.");
  m.def(
      "plan",
      [](const Cluster& cluster, const std::filesystem::path& root, bool adopt) {
        py::gil_scoped_release release;
        DiffOptions options;
        options.adopt = adopt;
        return propose(cluster, Root(root), options);
      },
      py::arg("cluster"), py::arg("root") = "/", py::kw_only(), py::arg("adopt") = false,
      "Render the cluster and compare it with the files under `root`. Writes nothing.\n\n"
      "adopt: take over foreign files at krgboot's paths instead of reporting them as obstacles. Returns a "
      "Plan,\n"
      "false if nothing would change. Raises IoError, ConflictError.");
  m.def(
      "verify",
      [](const Cluster& cluster, const std::filesystem::path& root) {
        py::gil_scoped_release release;
        return verify(cluster, Root(root));
      },
      py::arg("cluster"), py::arg("root") = "/",
      "Report drift: the changes that an apply would make now. Raises IoError, ConflictError.");
  m.def(
      "apply",
      [](const Proposal& proposal, bool allow_missing, bool kerrighed_at_once, bool check, bool reload,
         bool dry_run, std::optional<double> lock_timeout, const std::optional<Progress>& progress) {
        auto options = options_of(false, allow_missing, kerrighed_at_once, false, check, reload, dry_run,
                                  lock_timeout, progress);
        py::gil_scoped_release release;
        return apply(proposal, options);
      },
      py::arg("plan"), py::kw_only(), py::arg("allow_missing") = false, py::arg("kerrighed_at_once") = false,
      py::arg("check") = true, py::arg("reload") = true, py::arg("dry_run") = false,
      py::arg("lock_timeout") = py::none(), py::arg("progress") = py::none(), apply_doc);
  m.def(
      "apply",
      [](const Cluster& cluster, const std::filesystem::path& root, bool adopt, bool allow_missing,
         bool kerrighed_at_once, bool skip_bad_images, bool check, bool reload, bool dry_run,
         std::optional<double> lock_timeout, const std::optional<Progress>& progress) {
        auto options = options_of(adopt, allow_missing, kerrighed_at_once, skip_bad_images, check, reload,
                                  dry_run, lock_timeout, progress);
        py::gil_scoped_release release;
        return apply(cluster, Root(root), options);
      },
      py::arg("cluster"), py::arg("root") = "/", py::kw_only(), py::arg("adopt") = false,
      py::arg("allow_missing") = false, py::arg("kerrighed_at_once") = false,
      py::arg("skip_bad_images") = false, py::arg("check") = true, py::arg("reload") = true,
      py::arg("dry_run") = false, py::arg("lock_timeout") = py::none(), py::arg("progress") = py::none(),
      "Plan and apply under one lock, so that concurrent calls are serialised.");
}

}  // namespace krgboot::bindings
