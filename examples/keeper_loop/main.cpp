// SPDX-License-Identifier: MIT
// keeper_loop: ticks and receipts from standard input, one JSON object a line; decisions to standard output likewise.
//
//     keeper_loop --sample | keeper_loop --record decisions.txt
//     keeper_loop --replay decisions.txt                                  (--help lists all)
//
// A line that makes no sense is answered with its number and what is wrong with it, and nothing else happens: the loop
// goes on. What is written with --record is all that a decision depended on, to be decided again with --replay.
#include <cxxopts.hpp>
#include <fmt/core.h>

#include <trimtab/simulate/counter_random.hpp>

#include "wire.hpp"
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>
#include <vector>

namespace {

using namespace trimtab;
using namespace keeper_loop;

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);  // whoever listens acts on it now
}

class keeper {
public:
  keeper(const policy_type& p, seconds longest_gap) : policy_(p), longest_gap_(longest_gap) {}

  /// Looks at one line. @throws bad_line; the state is then as it was
  void look_at(std::size_t line, const std::string& text, std::ofstream* record) {
    const auto what = parse(text);
    if (const tick* t = std::get_if<tick>(&what)) {
      in_order(t->now);
      const look seen(*t);
      if (const errc e = policy_.validate(seen.seen()); e != errc::ok)
        throw bad_line(fmt::format("not something to decide on: {}", name(e)));
      const incident_type decided(policy_, state_, seen.seen());
      if (record != nullptr && decided.decision.verdict == verdict::rebalance) write(*record, decided);
      state_ = decided.decision.state;
      believed(t->now);
      ++counts[static_cast<std::size_t>(decided.decision.verdict)];
      say(to_json(line, policy_, decided.decision, seen.seen()));
      return;
    }
    const receipt& r = std::get<receipt>(what);
    in_order(r.at);
    const order& o = state_.order;
    const bool open = o.status == order_status::proposed || o.status == order_status::pending;
    if (r.kind != receipt_kind::liquidated && !(open && r.nonce == o.nonce) && !fills(o, r))
      throw bad_line(open ? fmt::format("nonce {} is not the one asked for, {}", r.nonce, o.nonce)
                          : fmt::format("nonce {} is not one that was asked for: nothing is", r.nonce));
    state_ = policy_.on_receipt(state_, r);
    believed(r.at);
    ++receipts;
  }

  std::array<std::size_t, 3> counts{};  ///< by verdict
  std::size_t receipts = 0;

private:
  // One line far ahead is somebody's wrong clock. When the next says so too, it was an outage, and it is over.
  void in_order(timestamp at) {
    if (latest_ == never) return;
    if (at < latest_)
      throw bad_line(fmt::format("time backwards: {} after {}", unix_seconds(at), unix_seconds(latest_)));
    if (at - latest_ <= longest_gap_) return;
    const bool said_before = ahead_ != never && at >= ahead_ && at - ahead_ <= longest_gap_;
    ahead_ = at;
    if (!said_before)
      throw bad_line(fmt::format("{} s after the line before, more than --longest-gap", (at - latest_).count()));
  }
  void believed(timestamp at) {
    latest_ = at;
    ahead_ = never;
  }
  static void write(std::ofstream& file, const incident_type& i) {
    std::vector<char> text(record::text_size("incident", i));
    const auto written = record::to_text("incident", i, text);
    if (written.has_value()) file << *written << '\n' << std::flush;
    if (!file || !written.has_value()) throw std::runtime_error("the record cannot be written");
  }

  policy_type policy_;
  seconds longest_gap_;
  state_type state_{};
  timestamp latest_ = never;
  timestamp ahead_ = never;  // of the line before, if it was refused as too far ahead
};

/// Decides every record of a file again. @return how many are decided otherwise
std::size_t replay_file(const std::string& path, const policy_type& like) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream whole;
  if (!file || !(whole << file.rdbuf())) throw std::runtime_error(fmt::format("{}: cannot read", path));
  const std::string all = whole.str();
  std::size_t records = 0, others = 0, line = 1;
  for (std::size_t at = 0, end = 0; at < all.size(); at = end + 1) {
    end = all.find("\n\n", at);  // no record has an empty line
    end = end == std::string::npos ? all.size() : end + 1;
    const std::string_view text = std::string_view{all}.substr(at, end - at);
    incident_type i(like);
    std::vector<std::byte> memory(text.size());
    const auto refused = record::from_text(text, "incident", i, memory);
    if (!refused.ok())
      throw std::runtime_error(fmt::format("{}:{}: {}", path, line + refused.line - 1, name(refused.why)));
    std::vector<char> scratch(1 << 15);
    const auto again = record::replay(i, scratch);
    if (!again.has_value()) throw std::runtime_error(fmt::format("{}:{}: {}", path, line, name(again.error())));
    ++records;
    others += again->same ? 0U : 1U;
    say(fmt::format(R"({{"record":{},"hash":"{:016x}","same":{}{}}})", records, record::hash_of(text), again->same,
                    again->same ? "" : fmt::format(R"(,"recorded":"{}","now":"{}")", again->recorded, again->now)));
    for (const char c : text) line += c == '\n' ? 1U : 0U;
    ++line;
  }
  return others;
}

/// Two hours in which ether falls by a third and half recovers, and what the network makes of what is asked of it.
void print_sample(const policy_type& p) {
  const simulate::counter_random random{.seed = 2024};
  tick t{.now = at_unix(1'700'000'000), .price = 2000.0, .collateral = 100.0, .debt = 130'000.0, .tank = 5.0};
  state_type s{};
  bool reverted = false;  // the first one
  for (std::uint64_t n = 0; n < 120; ++n) {
    t.now += seconds{60};
    const double drift = n < 60 ? -0.007 : n < 100 ? 0.003 : 0.0;
    t.price *= 1.0 + drift + 0.004 * (random.uniform(2 * n) - 0.5);
    t.price_at = t.reference_at = t.now - seconds{5};
    t.reference = t.price * (1.0 + 0.002 * (random.uniform(2 * n + 1) - 0.5));
    if (n == 20) t.reference *= 1.1;                                // somebody pushed our own source
    if (n >= 30 && n < 34) t.reference_at = t.now - seconds{3600};  // and here it stands still
    t.pool_weth = 5'000.0, t.pool_usdc = 5'000.0 * t.price;
    t.gas_price = n >= 40 && n < 50 ? 4e-7 : 2e-8;
    say(to_json(t));
    const look seen(t);
    const auto d = p(s, seen.seen());
    s = d.state;
    if (d.verdict != verdict::rebalance) continue;
    const bool reverts = !reverted;
    reverted = true;
    for (const receipt& r : {receipt{.kind = receipt_kind::sent, .nonce = d.nonce, .at = t.now, .fee = t.gas_price},
                             receipt{.kind = reverts ? receipt_kind::reverted : receipt_kind::filled,
                             .nonce = d.nonce,
                             .at = t.now + seconds{12}}}) {
      say(to_json(r));
      s = p.on_receipt(s, r);
    }
    if (!reverts) t.collateral += d.trade.collateral_change, t.debt += d.trade.debt_change;
  }
}

cxxopts::Options options() {
  cxxopts::Options o("keeper_loop", "Decides on ticks from standard input, JSON lines in and out.\n");
  const auto number = [](const char* text) { return cxxopts::value<double>()->default_value(text); };
  const auto file = [] { return cxxopts::value<std::string>(); };
  o.add_options()("lower", "health below which to act", number("1.15"), "H")(
      "target", "health to restore", number("1.25"), "H")("emergency", "health at which nothing waits", number("1.05"),
                                                          "H")("gas-ceiling", "native per gas unit at the band's edge",
                                                               number("2e-7"), "G")(
      "longest-gap", "seconds between two lines", cxxopts::value<long>()->default_value("86400"), "S")(
      "record", "write every decision that acts, and what it depended on", file(), "FILE")(
      "replay", "decide the records of a file again", file(), "FILE")("sample", "print lines to begin with")(
      "help", "this text");
  return o;
}

}  // namespace

int main(int argc, char** argv) try {
  auto o = options();
  const auto given = o.parse(argc, argv);
  if (given.count("help") != 0) {
    constexpr timestamp now = at_unix(1'700'000'000);
    const tick example{.now = now,
                       .price = 2000.0,
                       .reference = 2000.0,
                       .price_at = now,
                       .reference_at = now,
                       .collateral = 100.0,
                       .debt = 130'000.0,
                       .pool_weth = 5e3,
                       .pool_usdc = 1e7,
                       .tank = 5.0};
    fmt::print("{}\nA tick:    {}\nA receipt: {}\n", o.help(), to_json(example), to_json(receipt{.at = now}));
    return 0;
  }
  if (!given.unmatched().empty())
    throw std::runtime_error(fmt::format("unexpected argument '{}'", given.unmatched().front()));
  const auto number = [&](const char* option) { return given[option].as<double>(); };
  const policy_type p =
      policy_of({.lower = number("lower"), .target = number("target"), .emergency = number("emergency")},
                {.gas_ceiling = number("gas-ceiling"), .resend_after = seconds{60}, .tank_transactions = 5.0});
  for (const errc e : {p.trigger.validate(), validate(p.execution)})
    if (e != errc::ok) throw std::runtime_error(fmt::format("this makes no policy: {}", name(e)));
  const seconds gap{given["longest-gap"].as<long>()};
  if (gap.count() <= 0) throw std::runtime_error("--longest-gap must be above 0");
  if (given.count("sample") != 0) {
    print_sample(p);
    return 0;
  }
  if (given.count("replay") != 0) return replay_file(given["replay"].as<std::string>(), p) == 0 ? 0 : 1;

  std::ofstream file;
  if (given.count("record") != 0) {
    const auto path = given["record"].as<std::string>();
    file.open(path, std::ios::binary | std::ios::app);  // what is there is evidence
    if (!file) throw std::runtime_error(fmt::format("{}: cannot write", path));
  }
  keeper k(p, gap);
  std::size_t lines = 0, errors = 0;
  for (line l; next_line(std::cin, l);) {
    ++lines;
    try {
      if (l.too_long) throw bad_line(fmt::format("longer than {} bytes", l.text.size()));
      k.look_at(lines, l.text, file.is_open() ? &file : nullptr);
    } catch (const bad_line& e) {
      ++errors;
      say(error_json(lines, e.what()));
    }
  }
  say(fmt::format(R"({{"lines":{},"held":{},"rebalanced":{},"refused":{},"receipts":{},"errors":{}}})", lines,
                  k.counts[0], k.counts[1], k.counts[2], k.receipts, errors));
  return 0;
} catch (const std::exception& e) {
  fmt::print(stderr, "keeper_loop: {}\n", e.what());
  return 2;
}
