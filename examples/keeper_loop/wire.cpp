// SPDX-License-Identifier: MIT
#include "wire.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <trimtab/policy/explain.hpp>

#include <array>
#include <cmath>
#include <istream>
#include <utility>

namespace keeper_loop {

using namespace trimtab;
using json = nlohmann::ordered_json;

bool next_line(std::istream& in, line& out, std::size_t limit) {
  out = {};
  bool any = false;
  for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
    any = true;
    if (c == '\n') break;
    if (out.text.size() < limit)
      out.text.push_back(static_cast<char>(c));
    else
      out.too_long = true;
  }
  return any;
}

namespace {

constexpr std::array<const char*, 7> kinds{"sent",     "partially_filled", "filled",    "reverted",
                                           "replaced", "expired",          "liquidated"};

/// The fields of one line: each is asked for once, and those that nobody asked for are the line's mistake.
class fields {
public:
  explicit fields(const std::string& text) {
    std::size_t keys = 0;
    const auto count = [&](int depth, json::parse_event_t event, json&) {
      if (depth == 1 && event == json::parse_event_t::key) ++keys;
      return true;
    };
    try {
      all_ = json::parse(text, count);
    } catch (const json::exception& e) {
      const std::string what = e.what();  // "[json.exception.parse_error.101] …": its number is no help here
      throw bad_line(what.substr(what.find("] ") == std::string::npos ? 0 : what.find("] ") + 2));
    }
    if (!all_.is_object()) throw bad_line("not a JSON object");
    if (keys != all_.size()) throw bad_line("a field that is there twice");
  }
  std::string word(const char* name) {
    const json& value = take(name);
    if (!value.is_string()) throw bad_line(fmt::format("'{}' must be a string", name));
    return value.get<std::string>();
  }
  double number(const char* name, double least, double most) {
    const json& value = take(name);
    if (!value.is_number()) throw bad_line(fmt::format("'{}' must be a number", name));
    const auto x = value.get<double>();
    if (!(x >= least && x <= most)) throw bad_line(fmt::format("'{}' must be from {:g} to {:g}", name, least, most));
    return x;
  }
  std::uint64_t whole(const char* name) {
    const json& value = take(name);
    if (!value.is_number_unsigned()) throw bad_line(fmt::format("'{}' must be a whole number, not below 0", name));
    return value.get<std::uint64_t>();
  }
  timestamp time(const char* name) {
    const std::uint64_t t = whole(name);
    // Milliseconds would look like a date some 50 000 years from now, and put the keeper to sleep until then.
    constexpr std::uint64_t year_2200 = 7'258'118'400;
    if (t > year_2200) throw bad_line(fmt::format("'{}' must be in seconds since 1970, given {}", name, t));
    return at_unix(static_cast<long long>(t));
  }
  void end() const {
    if (!all_.empty()) throw bad_line(fmt::format("unknown field '{}'", all_.begin().key()));
  }

private:
  const json& take(const char* name) {
    const auto found = all_.find(name);
    if (found == all_.end()) throw bad_line(fmt::format("'{}' is missing", name));
    taken_ = std::move(*found);  // a copy of a thousand brackets in each other is a thousand calls deep
    all_.erase(found);
    return taken_;
  }
  json all_, taken_;
};

json number_or_null(double x) {
  return std::isfinite(x) ? json(x) : json(nullptr);
}

std::string hexadecimal(units u) {
  return u.high() != 0 ? fmt::format("0x{:x}{:016x}", u.high(), u.low()) : fmt::format("0x{:x}", u.low());
}

}  // namespace

std::variant<tick, receipt> parse(const std::string& text) {
  fields f(text);
  const std::string type = f.word("type");
  constexpr double huge = 1e15;
  if (type == "tick") {
    tick t;
    t.now = f.time("now");
    t.price = f.number("price", 1e-9, huge), t.price_at = f.time("price_at");
    // Whether our own reference is a price at all is for the guards to say: 0 is "nobody said anything".
    t.reference = f.number("reference", 0.0, huge), t.reference_at = f.time("reference_at");
    t.collateral = f.number("collateral", 0.0, huge), t.debt = f.number("debt", 0.0, huge);
    t.pool_weth = f.number("pool_weth", 1e-6, huge), t.pool_usdc = f.number("pool_usdc", 1e-6, huge);
    t.gas_price = f.number("gas_price", 0.0, 1.0), t.tank = f.number("tank", 0.0, huge);
    f.end();
    return t;
  }
  if (type != "receipt") throw bad_line(fmt::format("'type' must be tick or receipt, given '{}'", type));
  receipt r;
  const std::string kind = f.word("kind");
  std::size_t k = 0;
  while (k < kinds.size() && kind != kinds[k]) ++k;
  if (k == kinds.size()) throw bad_line(fmt::format("unknown kind of receipt '{}'", kind));
  r.kind = static_cast<receipt_kind>(k);
  r.at = f.time("now");
  if (r.kind != receipt_kind::liquidated) r.nonce = f.whole("nonce");
  if (r.kind == receipt_kind::sent || r.kind == receipt_kind::replaced) r.fee = f.number("fee", 0.0, 1.0);
  f.end();
  return r;
}

std::string to_json(const tick& t) {
  return json{{"type", "tick"},
              {"now", unix_seconds(t.now)},
              {"price", t.price},
              {"price_at", unix_seconds(t.price_at)},
              {"reference", t.reference},
              {"reference_at", unix_seconds(t.reference_at)},
              {"collateral", t.collateral},
              {"debt", t.debt},
              {"pool_weth", t.pool_weth},
              {"pool_usdc", t.pool_usdc},
              {"gas_price", t.gas_price},
              {"tank", t.tank}}
      .dump();
}

std::string to_json(const receipt& r) {
  json j{{"type", "receipt"}, {"kind", kinds[static_cast<std::size_t>(r.kind)]}, {"now", unix_seconds(r.at)}};
  if (r.kind != receipt_kind::liquidated) j["nonce"] = r.nonce;
  if (r.kind == receipt_kind::sent || r.kind == receipt_kind::replaced) j["fee"] = r.fee;
  return j.dump();
}

std::string to_json(std::size_t line, const policy_type& p, const decision_type& d, const snapshot_type& s) {
  std::array<char, 512> sentence{};
  json j{{"line", line},
         {"now", unix_seconds(s.now)},
         {"verdict", name(d.verdict)},
         {"reason", name(d.reason)},
         {"health", number_or_null(d.health)},
         {"says", explain(d, sentence)}};
  json alarms = json::array();
  if (d.alarms.gas_tank_low) alarms.push_back("gas_tank_low");
  if (d.alarms.overvalued) alarms.push_back("overvalued");
  if (d.alarms.undervalued) alarms.push_back("undervalued");
  if (d.alarms.own_reference) alarms.push_back("own_reference");
  if (d.alarms.in_danger) alarms.push_back("in_danger");
  if (!alarms.empty()) j["alarms"] = alarms;
  if (d.verdict == verdict::rebalance) {
    j["nonce"] = d.nonce;
    j["replaces"] = d.replaces;
    j["deadline"] = unix_seconds(d.deadline);
    j["gas_price"] = d.gas_price;
    j["health_after"] = number_or_null(d.trade.health_after);
    const auto plan = p.plan_for(d, s);
    if (!plan.has_value()) {
      j["no_plan"] = name(plan.error());
    } else {
      for (const step& one : *plan)
        j["steps"].push_back({{"what", name(one.what)},
                              {"quantity", name(one.meant)},
                              {"asset", one.asset.value},
                              {"amount", hexadecimal(one.amount)},
                              {"min_out", hexadecimal(one.min_out)}});
    }
  }
  return j.dump();
}

std::string error_json(std::size_t line, const std::string& why) {
  return json{{"line", line}, {"error", why}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace keeper_loop
