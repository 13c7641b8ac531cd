// SPDX-License-Identifier: Apache-2.0
// gdb-multiarch itself, by scripts, on the firmware.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/integration/cli/program.h"

namespace prism::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// The program in the background, gdb on it as soon as it says where; both end within a minute.
constexpr const char* kSession =
    R"(
cd "$1" || exit 9
firmware="$2"
shift 2
timeout 60 "$@" >stdout.txt 2>stderr.txt </dev/null &
simulation=$!
for attempt in $(seq 600); do
  address=$(sed -n 's/^prism-vp: waiting for gdb: target remote //p' stderr.txt)
  [ -n "$address" ] && break
  kill -0 $simulation 2>/dev/null || exit 9
  sleep 0.1
done
timeout 60 )" PRISM_GDB
    R"( -batch -nx -ex 'set osabi none' -ex 'set pagination off' -ex 'set confirm off' -ex "file $firmware" \
  -ex "target remote $address" -x script.gdb >gdb.txt 2>&1 </dev/null
echo "gdb left with $?" >>gdb.txt
wait $simulation
)";

class GdbTest : public testing::Test {
 protected:
  /// Returns the program's exit status and what gdb printed. `program` is the ELF's name below the build's
  /// folder, without ".elf".
  Outcome debug(const std::string& program, const std::string& commands, unsigned harts = 1) {
    const std::filesystem::path folder = folder_.path();
    std::ofstream(folder / "script.gdb") << commands;
    std::ofstream(folder / "session.sh") << kSession;
    const std::string elf = PRISM_BINARY_DIR "/" + program + ".elf";
    const std::string command = "sh '" + (folder / "session.sh").string() + "' '" + folder.string() + "' '" +
                                elf + "' '" PRISM_PROGRAM "' run '" + (kConfigs / "tiny.json").string() +
                                "' --quiet --out debugged --gdb 0 --firmware '" + elf +
                                "' --set cpu.rv64.harts=" + std::to_string(harts);
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, TemporaryFolder::read(folder / "gdb.txt"),
            TemporaryFolder::read(folder / "stderr.txt")};
  }
  /// `commands` with the hart of firmware/hello at `instruction`, which lies below its stack, at $place;
  /// $home is where it came from.
  Outcome debug_at(const char* instruction, const std::string& commands) {
    return debug("firmware/hello", std::string(R"(
break main
continue
set $home = $pc
delete
set $place = ((unsigned long)$sp - 64) & ~3
set $pc = $place
set *(unsigned*)$place = )") + instruction +
                                       commands);
  }
  json report(const std::string& run) {
    return json::parse(TemporaryFolder::read(folder_.path() / run / "report.json"));
  }

  TemporaryFolder folder_;
};

TEST_F(GdbTest, DebugsTheDecodeFirmwareToItsEnd) {
  const Outcome outcome = debug("firmware/decode", R"(
printf "starts at %#lx\n", $pc
break decode_run
continue
backtrace 2
printf "photonic ID %#x\n", *(unsigned*)0x20000000
printf "hart %d, traps go to %#lx\n", $mhartid, $mtvec
monitor registers photonic
set $before = $pc
stepi
printf "stepped %d bytes\n", $pc - $before
delete
break run_layer
continue
finish
delete
watch -l ((struct dma_descriptor*)*(unsigned long*)0x20101100)->bytes
continue
backtrace 3
delete
watch ((struct prism_job*)0x80000000)->steps_done
continue
delete
rwatch *(unsigned*)0x2010000c
info threads
delete
monitor time
monitor statistics cpu
monitor inject correctable 0x1000000040
monitor registers hbm_registers
monitor inject correctable 0x40
monitor nonsense
continue
)");
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.error;
  for (const char* expected : {"starts at 0x1000\n",
                               "Breakpoint 1, decode_run (hal=",
                               "in prism_firmware_main (",
                               "photonic ID 0x50484f31",
                               "hart 0, traps go to 0x8000",
                               "0x0020000000 ID                       0x50484f31",
                               "stepped 4 bytes",
                               "Breakpoint 2, ",
                               "run_layer (",
                               "Hardware watchpoint 3: -location ((struct dma_descriptor*)",
                               " in prism_dma_submit (",
                               "Hardware watchpoint 4: ",
                               "Old value = 0\nNew value = 1\n",
                               "Hardware read watchpoint 5: ",
                               "hart 0 runs at ",
                               " ns\n",
                               "cpu.instructions = ",
                               "INJECT_ADDRESS           0x0000000000000040",
                               "found 0x40, expected an address in HBM",
                               "found the command \"nonsense\"",
                               "exited normally]",
                               "gdb left with 0"}) {
    EXPECT_THAT(outcome.out, HasSubstr(expected));
  }
}

TEST_F(GdbTest, InjectedFaultsAreSurvived) {
  const Outcome outcome = debug("firmware/decode", R"(
break run_layer
continue
delete
monitor inject dead_row 3
monitor inject bus_error dma descriptors 2
monitor inject lost_interrupt compute 2
monitor inject bad_descriptor
monitor inject bus_error toaster
monitor inject stuck_ring 1
continue
)");
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("found \"toaster\", expected a device (dma, compute, photonic)"));
  EXPECT_THAT(outcome.out, HasSubstr("expected: inject dead_row ROW"));
  const json run = report("debugged");
  EXPECT_EQ(run["modules"]["photonic"]["faults_injected"], 1);
  EXPECT_EQ(run["faults"]["injected"]["bus_error"], 2);  // of several descriptors, then of the first
  EXPECT_EQ(run["faults"]["injected"]["bad_descriptor"], 1);
  EXPECT_EQ(run["faults"]["detected"]["bus_error"], 1);
  EXPECT_EQ(run["faults"]["detected"]["lost_interrupt"], 2);
  EXPECT_GE(run["faults"]["recovered"]["retried"], 1);
}

TEST_F(GdbTest, LookingChangesNothing) {
  const Outcome outcome = debug("firmware/decode", R"(
break run_layer
continue
x/64xb 0x0c000000
x/4xw 0x20100000
stepi 1000
info registers
watch ((struct prism_job*)0x80000000)->steps_done
continue
delete
continue
)");
  ASSERT_EQ(outcome.status, 0) << outcome.out << outcome.error;
  const std::string elf = PRISM_BINARY_DIR "/firmware/decode.elf";
  ASSERT_EQ(run_program(folder_, {"run", (kConfigs / "tiny.json").string(), "--quiet", "--out", "alone",
                                  "--firmware", elf})
                .status,
            0);
  json debugged = report("debugged");
  json alone = report("alone");
  for (json* run : {&debugged, &alone}) {
    for (const char* part : {"provenance", "simulation"}) run->erase(part);
    json& cpu = (*run)["modules"]["cpu"];
    // The profile counts blocks, which breakpoints cut.
    for (auto it = cpu.begin(); it != cpu.end();) {
      it = it.key().starts_with("instructions_in_") ? cpu.erase(it) : std::next(it);
    }
  }
  EXPECT_EQ(debugged, alone);
}

TEST_F(GdbTest, ChangesWhatItIsToldTo) {
  const Outcome outcome = debug("firmware/hello", R"(
break main
continue
set $a0 = 77
printf "a0 is %d\n", $a0
set *(unsigned char*)$sp = 0x5a
printf "memory is %#x\n", *(unsigned char*)$sp
set $mscratch = 0x1234
printf "mscratch is %#lx\n", $mscratch
python
for command in ("set *(unsigned*)0x20000000 = 1", "x/xw 0x70000000"):
  try:
    gdb.execute(command)
  except gdb.error as error:
    print(error)
end
detach
)");
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.error;
  for (const char* expected : {"a0 is 77\n", "memory is 0x5a\n", "mscratch is 0x1234\n",
                               "Cannot access memory at address 0x20000000",  // a debugger operates no device
                               "Cannot access memory at address 0x70000000", "detached]"}) {
    EXPECT_THAT(outcome.out, HasSubstr(expected));
  }
  EXPECT_THAT(TemporaryFolder::read(folder_.path() / "stdout.txt"), HasSubstr("hello from hart 0"));
}

TEST_F(GdbTest, KillEndsTheRun) {
  const Outcome outcome = debug("firmware/decode", "break decode_run\ncontinue\nkill\n");
  EXPECT_EQ(outcome.status, 1) << outcome.out;
  EXPECT_THAT(outcome.error, HasSubstr("the simulated system failed: gdb ended the run"));
}

TEST_F(GdbTest, HangingUpLeavesTheRunAlone) {
  const Outcome outcome = debug("firmware/decode", "break run_layer\ncontinue\nshell kill -9 $PPID\n");
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, Not(HasSubstr("gdb left with 0")));
}

TEST_F(GdbTest, CtrlCStopsARunawayAndItsPcCanBeMoved) {
  constexpr const char* kJumpToItself = "0x0000006f";
  const Outcome outcome = debug_at(kJumpToItself, R"(
python
import threading, os, signal
threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
end
continue
printf "loops at %ld\n", (unsigned long)$pc - $place
set $pc = $home
continue
)");
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("Program received signal SIGINT"));
  EXPECT_THAT(outcome.out, HasSubstr("loops at 0\n"));
  EXPECT_THAT(outcome.out, HasSubstr("exited normally]"));
}

TEST_F(GdbTest, SaysWhenNothingMoreCanHappen) {
  constexpr const char* kWfi = "0x10500073";
  const Outcome outcome = debug_at(kWfi, R"(
set $mie = 0
continue
printf "slept at %ld\n", (unsigned long)$pc - $place
set $pc = $home
continue
)");
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("Nothing more can happen: hart 0 sleeps at "));
  EXPECT_THAT(outcome.out, HasSubstr("slept at 4\n"));
  EXPECT_THAT(outcome.out, HasSubstr("exited normally]"));
}

TEST_F(GdbTest, HartsAreThreads) {
  const Outcome outcome = debug("tests/riscv/smp", R"(
break work
continue
printf "first in work: a0 %d, mhartid %d, thread %d\n", $a0, $mhartid, $_thread
info threads
thread apply all printf "hart %d\n", $mhartid
delete
set scheduler-locking on
thread 4
printf "thread 4 is hart %d\n", $mhartid
set $before = $instret
thread 2
set $other = $instret
stepi
stepi
printf "thread 2 made %d\n", $instret - $other
thread 4
printf "thread 4 made %d\n", $instret - $before
set scheduler-locking off
watch *(unsigned*)&timers[3]
continue
printf "timers: thread %d, hart %d\n", $_thread, $mhartid
delete
break take_uart_interrupt
continue
printf "uart: thread %d\n", $_thread
set $t6 = 0x1234
thread 1
printf "t6 here %#lx\n", $t6
set $t6 = 1
thread 3
printf "t6 there %#lx\n", $t6
delete
break print_results
continue
printf "results: thread %d\n", $_thread
continue
)",
                                4);
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.error;
  for (const char* expected :
       {"hit Breakpoint 1, ", "Thread 1 (hart 0 ", "Thread 2 (hart 1 ", "Thread 3 (hart 2 ",
        "Thread 4 (hart 3 ", "hart 0\n", "hart 1\n", "hart 2\n", "hart 3\n", "thread 4 is hart 3\n",
        "thread 2 made 2\n", "thread 4 made 0\n", "Old value = 0\nNew value = 1\n",
        "timers: thread 4, hart 3\n", "uart: thread 3\n", "t6 there 0x1234\n", "results: thread 1\n",
        "exited normally]"}) {
    EXPECT_THAT(outcome.out, HasSubstr(expected));
  }
  EXPECT_THAT(TemporaryFolder::read(folder_.path() / "stdout.txt"), HasSubstr("under the lock 2000\n"));
}

TEST_F(GdbTest, CtrlCStopsSeveralHarts) {
  // All wait for a lock that nobody gives back.
  const Outcome outcome = debug("tests/riscv/smp", R"(
break work
continue
delete
set in_ram.lock = 1
python
import threading, os, signal
threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
end
continue
thread apply all printf "by reservation %d\n", in_ram.by_reservation
set in_ram.lock = 0
continue
)",
                                4);
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("received signal SIGINT"));
  EXPECT_THAT(outcome.out, HasSubstr("by reservation 0\n"));
  EXPECT_THAT(outcome.out, HasSubstr("exited normally]"));
}

}  // namespace
}  // namespace prism::test
