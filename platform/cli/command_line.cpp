// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <iostream>

#include "platform/cli/commands.h"
#include "platform/cli/errors.h"
#include "platform/config/config_error.h"
#include "platform/config/suggestion.h"

namespace prism::cli {
namespace {

constexpr const char* kFooter =
    "Exit status: 0 done; 1 the simulated system failed; 2 the input was wrong; 3 internal error.\n"
    "prism-vp COMMAND --help explains each command.";

constexpr const char* kRunExamples =
    "Examples:\n"
    "  prism-vp run configs/decode_64k.json\n"
    "  prism-vp run configs/tiny.json --firmware build/release/firmware/hello.elf\n"
    "  prism-vp run configs/tiny.json --set cpu.model=rv64 --gdb 1234\n"
    "  prism-vp run configs/decode_64k.json --set policy.name=dense --set workload.context_tokens=8192 --out "
    "out/8k";

constexpr const char* kSweepExamples =
    "The specification is JSON: {\"base\": a configuration, \"set\": {path: value}, \"axes\": {path: "
    "[values]}}, and\n"
    "optionally \"derive\", \"where\" and \"seeds\" (docs/sweeps.md). Every combination of the axes' values "
    "is one point.\n"
    "DIR gets a cache of results, a link to each by its name, sweep.csv and sweep.json. Points with a result "
    "are not run\n"
    "again: a sweep that was killed goes on where it was.\n"
    "Examples:\n"
    "  prism-vp sweep configs/sweeps/context.json\n"
    "  prism-vp sweep configs/sweeps/context.json --out out/context --jobs 2\n"
    "  prism-vp sweep configs/sweeps/context.json --out out/context --shard 1/4   # and 2/4, ... elsewhere\n"
    "  prism-vp sweep configs/sweeps/context.json --out out/context --merge";

constexpr const char* kCompareExamples =
    "A series (a histogram, bytes over time) is one statistic; it differs by the sum of its differences.\n"
    "Exit status 1 when a statistic differs by more than the threshold.\n"
    "Examples:\n"
    "  prism-vp compare out/before out/after\n"
    "  prism-vp compare golden/report.json out/tiny --threshold 0.01 --ignore 'modules.cpu.*'";

constexpr const char* kReportExamples =
    "The page is one HTML file that opens offline. The first result is what the others are compared with.\n"
    "Examples:\n"
    "  prism-vp report out/decode_64k\n"
    "  prism-vp report out/dense out/prism --out comparison.html\n"
    "  prism-vp report out/context";

constexpr const char* kValidateExamples =
    "Examples:\n"
    "  prism-vp validate configs/decode_64k.json configs/sweeps/context.json";

constexpr const char* kDescribeExamples =
    "Examples:\n"
    "  prism-vp describe memory-map\n"
    "  prism-vp describe registers configs/tiny.json\n"
    "  prism-vp describe config configs/decode_64k.json --set policy.k=16 --origins";

class CommandLine {
 public:
  CommandLine()
      : app_("A SystemC virtual platform of an LLM accelerator with a photonic KV-block ranking core.") {
    app_.name("prism-vp");
    app_.set_version_flag("--version", "prism-vp " PRISM_VERSION);
    app_.require_subcommand(1);
    app_.footer(kFooter);
    add_run();
    add_sweep();
    add_compare();
    add_report();
    add_memory();
    add_rank();
    add_validate();
    add_describe();
  }

  int execute(int argc, const char* const* argv) {
    reject_unknown_command(argc, argv);
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) return app_.exit(error);  // --help, --version
      throw InputError(one_line(error.what()));
    }
    return action_();
  }

 private:
  static std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text + " (see prism-vp --help)";
  }

  void reject_unknown_command(int argc, const char* const* argv) const {
    const std::string word = argc > 1 ? argv[1] : "";
    if (word.empty() || word.front() == '-') return;
    std::vector<std::string> names;
    for (const CLI::App* command : app_.get_subcommands({})) names.push_back(command->get_name());
    if (std::find(names.begin(), names.end(), word) != names.end()) return;
    const auto meant = config::closest(word, names);
    throw InputError("found the command \"" + word +
                     "\", expected run, sweep, compare, report, memory, rank, validate or describe" +
                     (meant ? " (did you mean \"" + *meant + "\"?)" : ""));
  }

  void add_run() {
    CLI::App* command = app_.add_subcommand("run", "Run one simulation and write its report.json");
    command->footer(kRunExamples);
    command->add_option("CONFIG", run_.config, "configuration file")->required();
    command->add_option("--set", run_.overrides, "override: path=value; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
    command->add_option("--out", run_.out, "folder for the report (default: out/<configuration>)");
    command->add_option("--firmware", run_.firmware,
                        "ELF for the RISC-V CPU, with cpu.model=rv64 (default: the decode firmware)");
    command
        ->add_option("--gdb", run_.gdb_port,
                     "wait for gdb on 127.0.0.1 before the first instruction, with cpu.model=rv64 "
                     "(default: any free port; it is printed)")
        ->type_name("[PORT]")
        ->expected(0, 1)
        ->default_str("0");
    command->add_option("--trace-instructions", run_.instruction_trace,
                        "write a line for every instruction to this file, with cpu.model=rv64");
    command->add_option("--trace-range", run_.trace_range,
                        "FIRST:LAST, addresses or symbols: only instructions from FIRST up to before LAST");
    command->add_option(
        "--signature", run_.signature,
        "write the memory from the firmware's begin_signature to its end_signature to this file "
        "at the end, a 32-bit hexadecimal word a line, with cpu.model=rv64");
    command
        ->add_option(
            "--timeline", run_.timeline,
            "write timeline.json, which Perfetto opens: none, phases, or transactions (default: none)")
        ->check(CLI::IsMember({"none", "phases", "transactions"}));
    command->add_option("--timeline-events", run_.timeline_events, "most events in it (default: 1000000)")
        ->check(CLI::Range(std::uint64_t{100}, std::uint64_t{100000000}));
    command->add_option("--threads", run_.threads,
                        "for the work beside the simulation (default: the machine's hardware threads)");
    command->add_flag("--json-only", run_.json_only, "write report.json and nothing for people");
    command->add_option(
        "--console", run_.console,
        "where the firmware's console is: a file, or tcp[:PORT] on 127.0.0.1, which waits for a "
        "terminal (no port: any free one; it is printed); default: standard output");
    command->add_option("--max-instructions", run_.max_instructions,
                        "give the run up after so many instructions, with cpu.model=rv64 "
                        "(cpu.rv64.max_instructions)");
    command->add_flag("--quiet", run_.quiet, "no progress on standard error");
    command->callback([this] { action_ = [this] { return run(run_); }; });
  }

  void add_sweep() {
    CLI::App* command =
        app_.add_subcommand("sweep", "Run every point of a sweep and compare them in one table");
    command->footer(kSweepExamples);
    command->add_option("SPEC", sweep_.spec, "sweep specification")->required();
    command->add_option("--out", sweep_.out, "folder for the reports (default: out/<specification>)");
    command->add_option("--jobs", sweep_.jobs, "points at a time (default: the machine's hardware threads)")
        ->check(CLI::Range(1U, 1024U));
    command->add_option("--shard", sweep_.shard,
                        "I/N: only every N-th point, beginning with the I-th; tables come with --merge");
    command
        ->add_option("--merge", sweep_.merge_from,
                     "run nothing: put together what is in DIR, and in these other sweep folders")
        ->type_name("[DIR ...]")
        ->expected(0, -1);
    command->add_flag("--retry-failed", sweep_.retry_failed, "run points again whose result is a failure");
    command->add_flag("--quiet", sweep_.quiet, "no progress on standard error");
    command->callback([this, command] {
      sweep_.merge = command->count("--merge") > 0;
      action_ = [this] { return sweep(sweep_); };
    });
  }

  void add_compare() {
    CLI::App* command = app_.add_subcommand("compare", "Say what differs between the reports of two runs");
    command->footer(kCompareExamples);
    command->add_option("A", compare_.a, "report.json, or the folder that holds it")->required();
    command->add_option("B", compare_.b, "the other one")->required();
    command
        ->add_option("--threshold", compare_.threshold,
                     "largest relative difference of a statistic that is let pass: 0.01 is 1 %")
        ->check(CLI::NonNegativeNumber);
    command
        ->add_option("--ignore", compare_.ignored, "pattern of statistics that do not count; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
    command->add_option("--json", compare_.json, "write the differences to this file, too");
    command->callback([this] { action_ = [this] { return compare(compare_); }; });
  }

  void add_report() {
    CLI::App* command = app_.add_subcommand("report", "Make the page of one or several runs, or of a sweep");
    command->footer(kReportExamples);
    command
        ->add_option("RESULT", report_.results, "report.json, the folder that holds it, or a sweep's folder")
        ->required();
    command->add_option("--out", report_.out, "the page's file (default: report.html beside the first)");
    command->callback([this] { action_ = [this] { return report(report_); }; });
  }

  void add_memory() {
    CLI::App* command =
        app_.add_subcommand("memory", "Measure an HBM system on its own, under synthetic traffic or a trace");
    add_memory_options(*command, memory_);
    command->callback([this] { action_ = [this] { return memory(memory_); }; });
  }

  void add_rank() {
    CLI::App* command =
        app_.add_subcommand("rank", "Measure a photonic core on its own: recall, light, latency, energy");
    add_rank_options(*command, rank_);
    command->callback([this] { action_ = [this] { return rank(rank_); }; });
  }

  void add_validate() {
    CLI::App* command =
        app_.add_subcommand("validate", "Check configurations and sweeps without running them");
    command->footer(kValidateExamples);
    command->add_option("CONFIG", validate_, "configuration files or sweep specifications")->required();
    command->callback([this] { action_ = [this] { return validate(validate_); }; });
  }

  void add_describe() {
    CLI::App* command =
        app_.add_subcommand("describe", "Print the memory map, the registers, a resolved configuration");
    command->footer(kDescribeExamples);
    command->require_subcommand(1);
    add_description(*command, "memory-map", "Bus addresses of every device", describe_memory_map);
    add_description(*command, "registers", "Registers of every device", describe_registers);
    add_description(*command, "statistics", "Statistics of every module, as found in report.json",
                    describe_statistics);
    CLI::App* config =
        add_description(*command, "config", "The configuration with all defaults", describe_config);
    config->add_flag("--origins", describe_.origins, "say where each value comes from");
    CLI::App* schema = command->add_subcommand("schema", "The JSON Schema of configurations");
    schema->callback([this] { action_ = describe_schema; });
  }

  CLI::App* add_description(CLI::App& parent, const char* name, const char* help,
                            int (*describe)(const DescribeArguments&)) {
    CLI::App* command = parent.add_subcommand(name, help);
    command->add_option("CONFIG", describe_.config, "configuration file (default: the shipped decode_64k)");
    command->add_option("--set", describe_.overrides, "override: path=value; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
    command->callback([this, describe] { action_ = [this, describe] { return describe(describe_); }; });
    return command;
  }

  CLI::App app_;
  RunArguments run_;
  SweepArguments sweep_;
  CompareArguments compare_;
  ReportArguments report_;
  MemoryArguments memory_;
  RankArguments rank_;
  std::vector<std::filesystem::path> validate_;
  DescribeArguments describe_;
  std::function<int()> action_;
};

int fail(int status, const char* kind, const char* message) {
  std::cerr << "prism-vp: " << kind << ": " << message << "\n";
  return status;
}

}  // namespace

int run_command_line(int argc, const char* const* argv) {
  try {
    return CommandLine().execute(argc, argv);
  } catch (const config::ConfigError& error) {
    return fail(kExitInputWrong, "error", error.what());
  } catch (const InputError& error) {
    return fail(kExitInputWrong, "error", error.what());
  } catch (const std::exception& error) {
    return fail(kExitInternalError, "internal error", error.what());
  }
}

}  // namespace prism::cli
