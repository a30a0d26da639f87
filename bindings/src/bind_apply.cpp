#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/exports_files.hpp"
#include "krgboot/apply/observe.hpp"
#include "krgboot/apply/proposal.hpp"
#include "krgboot/apply/trace.hpp"

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
  // Ctrl-C while waiting for the lock or between two files: Python has its say, and nothing has been written.
  options.lock.keep_waiting = unless_interrupted;
  options.on_progress = [progress, last = std::string()](std::size_t done, std::size_t total,
                                                         std::string_view what) mutable {
    // A hundred thousand files need no hundred thousand calls.
    if (done % 256 != 0 && done != total && what.substr(0, 1) == "/") return true;
    py::gil_scoped_acquire acquire;
    unless_interrupted();
    if (progress) (*progress)(done, total, std::string(what));
    return true;
  };
  return options;
}

constexpr const char* apply_doc =
    "Make it so, all or nothing: lock, look again, stage, let the daemons check, journal, commit, reload.\n\n"
    "adopt: take over foreign files that lie where ours belong. allow_missing: write even where an image, "
    "kernel or loader is\n"
    "not there yet. kerrighed_at_once: let machines boot a Kerrighed kernel though they do not yet boot its "
    "image "
    "without.\nskip_bad_images (of a cluster, not of a plan): leave an image as it is, whole, that cannot be "
    "read "
    "or written for what\n"
    "lies in it, and make all else.\ncheck: let the daemons check the staged files, where they are "
    "installed. reload: "
    "reload services\n"
    "(never on a staged tree). dry_run: stage, let the daemons check, write nothing but krgboot's lock, and "
    "report in\n"
    "stopped_by what would keep apply from writing, instead of raising it. lock_timeout: seconds to wait for "
    "another apply; None: without end. progress: "
    "called with\n"
    "(done, total, what); an exception from it cancels, and nothing is written.\n\n"
    "Raises ConflictError, CommandError, IoError; then everything is as it was.";

void bind_trace(py::module_& m) {
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
  py::class_<TraceStep>(m, "Step", "One thing that happens on the way, or would not.")
      .def_readonly("stage", &TraceStep::stage)
      .def_readonly("status", &TraceStep::status)
      .def_readonly("what", &TraceStep::what)
      .def_readonly("why", &TraceStep::why)
      .def_readonly("hint", &TraceStep::hint)
      .def("__repr__", [](const TraceStep& s) {
        return "<Step " + to_string(s.stage) + " " + to_string(s.status) + ": " + s.what + ">";
      });
  py::class_<Machine>(m, "Machine", "Who boots; what is not known is None.")
      .def_readonly("name", &Machine::name)
      .def_readonly("mac", &Machine::mac)
      .def_readonly("uuid", &Machine::uuid)
      .def_readonly("address", &Machine::address);
  py::class_<Trace>(m, "Trace", "A node's boot, followed through the files as they lie under a root.")
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
          "The names asked for, in order, each with \"missing\", \"loaded\", \"hidden\" or \"unreadable\".")
      .def_readonly("boot_file", &Trace::boot_file)
      .def_readonly("host_name", &Trace::host_name, "That DHCP gives it; empty: none.")
      .def_readonly("label", &Trace::label)
      .def_readonly("kernel", &Trace::kernel)
      .def_readonly("initrds", &Trace::initrds)
      .def_readonly("command_line", &Trace::command_line)
      .def_readonly("root_path", &Trace::root_path)
      .def_property_readonly("status", &Trace::status, "The worst of the steps.")
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
         std::optional<Ipv4Address> address) {
        py::gil_scoped_release release;
        auto who = find_machine(cluster, machine);
        if (address) who.address = address;
        return trace(cluster, who, Root(root));
      },
      py::arg("cluster"), py::arg("machine"), py::arg("root") = "/", py::kw_only(),
      py::arg("address") = std::nullopt,
      "Follow the boot of a node, or of a MAC address, UUID or address, listed or not. `address`: that which "
      "DHCP gave it, where that is known. Raises ArgumentError, IoError.");
  m.def(
      "trace_all",
      [](const Cluster& cluster, const std::vector<std::string>& machines,
         const std::filesystem::path& root) {
        py::gil_scoped_release release;
        Tracer tracer(cluster, Root(root));
        std::vector<Trace> traces;
        traces.reserve(machines.size());
        for (const auto& machine : machines) traces.push_back(tracer.trace(find_machine(cluster, machine)));
        return traces;
      },
      py::arg("cluster"), py::arg("machines"), py::arg("root") = "/",
      "The same for many; the server's files are read once.");
}

void bind_exports_files(py::module_& m) {
  m.def(
      "read_exports_tables",
      [](const std::filesystem::path& root, ReleaseName of) {
        py::gil_scoped_release unlocked;
        return read_exports_tables(Root(root), release(of));
      },
      py::arg("root") = "/", py::arg_v("release", ReleaseName::bookworm, "ReleaseName.bookworm"),
      "Every table that exportfs of that release reads, in its order. Raises IoError.");
  m.def(
      "read_exports_table",
      [](const std::string& path, const std::filesystem::path& root) {
        py::gil_scoped_release unlocked;
        return read_exports_table(Root(root), path);
      },
      py::arg("path") = "/etc/exports", py::arg("root") = "/",
      "One table. Raises IoError, also where there is no such file.");
  m.def(
      "view_exports",
      [](std::vector<ExportsTable> tables, const std::filesystem::path& root) {
        py::gil_scoped_release unlocked;
        return view_exports(Root(root), std::move(tables));
      },
      py::arg("tables"), py::arg("root") = "/",
      "These tables together, as the server of that root sees them: its /etc/hosts says which names an "
      "address\n"
      "has. Raises IoError.");
  m.def(
      "check_exports",
      [](const ExportsView& view, const std::filesystem::path& root) {
        py::gil_scoped_release unlocked;
        return check_exports(Root(root), view);
      },
      py::arg("view"), py::arg("root") = "/",
      "Faults of these tables: entries that exportfs would drop or read differently than meant, exported\n"
      "directories that are not there, and how far clients reach by handles beyond what is exported.\n"
      "Raises IoError.");
}

}  // namespace

void bind_apply(py::module_& m) {
  bind_trace(m);
  bind_exports_files(m);
  py::class_<Root>(m, "Root", "A directory that confines everything: \"/\", a staged tree, or an image.")
      .def(py::init([](const std::filesystem::path& directory) { return Root(directory); }),
           py::arg("directory") = "/")
      .def_property_readonly("path", &Root::host_path)
      .def("__fspath__", &Root::host_path)
      .def("__repr__", [](const Root& root) { return "Root('" + root.host_path().native() + "')"; });

  py::class_<Proposal>(m, "Plan", "What apply would do: a rendering held against what lies under a root.")
      .def_property_readonly("root", [](const Proposal& p) { return p.root.host_path(); })
      .def_readonly("rendering", &Proposal::plan, "The desired state.")
      .def_readonly("changes", &Proposal::changes)
      .def_property_readonly(
          "findings", [](const Proposal& p) { return p.changes.findings; },
          "What is missing or stands in the way.")
      .def_property_readonly(
          "steps", [](const Proposal& p) { return p.changes.steps; },
          "What configure_image has to bring about in images.")
      .def_property_readonly(
          "clean", [](const Proposal& p) { return p.changes.clean(); }, "Is everything as the spec says?")
      .def(
          "__bool__", [](const Proposal& p) { return !p.changes.empty(); }, "Has apply anything to change?")
      .def("__len__", [](const Proposal& p) { return p.changes.changes.size(); })
      .def("__iter__", [](const Proposal& p) { return iterator_of(p.changes.changes); })
      .def("__str__", [](const Proposal& p) { return to_string(p.changes); })
      .def(
          "diff", [](const Proposal& p) { return unified_diff(p.changes); },
          "All changes as diff -u shows them.")
      .def("to_json", [](const Proposal& p) { return to_json(p.changes); })
      .def("__repr__", [](const Proposal& p) {
        return "<Plan of " + std::to_string(p.changes.changes.size()) + " changes under " +
               p.root.host_path().native() + ">";
      });

  py::class_<Verification>(m, "Verification", "What differs from the spec now.")
      .def_readonly("drift", &Verification::drift)
      .def_property_readonly("clean", &Verification::clean)
      .def("__bool__", &Verification::clean)
      .def("to_json", [](const Verification& v) { return to_json(v.drift); });

  py::class_<DaemonCheck>(m, "DaemonCheck", "What one of the daemons' own checks said.")
      .def_readonly("daemon", &DaemonCheck::daemon)
      .def_readonly("ran", &DaemonCheck::ran)
      .def_readonly("detail", &DaemonCheck::detail);

  py::class_<ApplyReport>(m, "ApplyReport", "What an apply did.")
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
        krgboot::Plan plan;
        plan.scope.name = std::move(scope);
        plan.items = std::move(items);
        return propose(std::move(plan), Root(root), release(of), options);
      },
      py::arg("items"), py::kw_only(), py::arg("scope"), py::arg("root") = "/",
      py::arg_v("release", ReleaseName::bookworm, "ReleaseName.bookworm"), py::arg("adopt") = false,
      "Hold items of a program's own against what lies under `root`. `scope` says whose they are: apply "
      "removes what "
      "an earlier plan of the same scope made and this one no longer holds, so that an empty list removes "
      "all that "
      "the scope has. Raises ArgumentError for a path that is not absolute and normal, or that two items "
      "have; "
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
      "What krgboot has files of under `root`: names of clusters, or of programs, each with the file that it "
      "was "
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
      "Render the cluster and compare it with what lies under `root`. Writes nothing.\n\n"
      "adopt: take over foreign files that lie where krgboot's belong, instead of finding them in the way. "
      "Returns a "
      "Plan,\nfalse where nothing is to change. Raises IoError, ConflictError.");
  m.def(
      "verify",
      [](const Cluster& cluster, const std::filesystem::path& root) {
        py::gil_scoped_release release;
        return verify(cluster, Root(root));
      },
      py::arg("cluster"), py::arg("root") = "/",
      "Report drift: what an apply would change now. Raises IoError, ConflictError.");
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
      "Plan and apply under one lock, so that several at once are serialised.");
}

}  // namespace krgboot::bindings
