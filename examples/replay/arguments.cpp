// SPDX-License-Identifier: MIT
#include "arguments.hpp"

#include <cxxopts.hpp>
#include <fmt/core.h>

#include "files.hpp"
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace replay {

namespace {

/// Unix seconds, or a moment like 2021-05-19T13:00 (UTC).
std::int64_t moment(const std::string& option, const std::string& text) {
  std::int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  if (const auto [stop, fault] = std::from_chars(text.data(), end, seconds); fault == std::errc{} && stop == end)
    return seconds;
  int year = 0, hour = 0, minute = 0, used = 0;
  unsigned month = 0, day = 0;
  const bool date = std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &used) == 3;
  bool whole = date && text.c_str()[used] == '\0';
  if (date && !whole) {
    int more = 0;
    whole =
        std::sscanf(text.c_str() + used, "T%2d:%2d%n", &hour, &minute, &more) == 2 && text.c_str()[used + more] == '\0';
  }
  const std::chrono::year_month_day ymd{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!whole || !ymd.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
    throw user_error(fmt::format("--{}: expected unix seconds or 2021-05-19T13:00, given '{}'", option, text));
  }
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::sys_days{ymd}.time_since_epoch()).count() +
         3600 * hour + 60 * minute;
}

double number(const std::string& option, std::string_view text) {
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc{} || stop != end || !std::isfinite(value)) {
    throw user_error(fmt::format("--{}: expected a number, given '{}'", option, text));
  }
  return value;
}

void require(bool holds, const char* option, const char* rule, double given) {
  if (!holds) throw user_error(fmt::format("--{} must be {}, given {:g}", option, rule, given));
}

cxxopts::Options options() {
  cxxopts::Options o(
      "replay",
      "Replays a crash on one account: sitting still, tended by a person with a delay, steered by a trimtab "
      "policy, side by side.\n");
  o.set_width(110);
  const auto text = [] { return cxxopts::value<std::string>(); };
  const auto texts = [] { return cxxopts::value<std::vector<std::string>>(); };
  o.add_options("Market")(
      "prices", "price file: unix_seconds,open,high,low,close,volume or unix_seconds,price [a generated crash]", text(),
      "FILE")("asset", "a collateral and its price file; may be repeated, the first is the one that is sold", texts(),
              "NAME=FILE")("shares", "value of each collateral at the opening [equal]", text(), "A,B,...")(
      "oracle", "the first collateral's oracle, instead of one built from its prices", text(), "FILE")(
      "from", "start, unix seconds or 2021-05-19T13:00 [the file's]", text(), "TIME")(
      "to", "end [the file's]", text(), "TIME")("max-age", "seconds for which a price may be carried over a hole",
                                                text()->default_value("7200"), "S")(
      "allow-gaps", "carry it for as long as it takes")("keep-wicks", "believe every high and low of the file")(
      "seed", "of the generated market and of failing transactions", text()->default_value("20200312"), "N");
  o.add_options("Account")("health", "opening health factor", text()->default_value("1.35"), "H")(
      "debt", "opening debt, base currency", text()->default_value("1000000"), "D")(
      "debt-share", "the same as % of one side of the pool: sets the pool's depth", text()->default_value("10"), "%")(
      "lt", "liquidation threshold, %", text()->default_value("82.5"), "%")(
      "ltv", "loan to value, %", text()->default_value("80"), "%")("bonus", "liquidation bonus, %",
                                                                   text()->default_value("5"), "%")(
      "interest", "on debt, % a year", text()->default_value("4"), "%")("supply-interest", "on collateral, % a year",
                                                                        text()->default_value("1"), "%");
  o.add_options("Steering")("band", "lower edge and target of health", text()->default_value("1.15/1.25"), "L/T")(
      "emergency", "health at or below which everything is sold at once", text()->default_value("1.05"), "H")(
      "delay", "seconds from sending a transaction to its block", text()->default_value("24"), "S")(
      "chunks", "most pieces of one sale", text()->default_value("12"), "N")(
      "max-slippage", "least output, % below the fair price", text()->default_value("10"), "%")(
      "premium", "of flash loans, %", text()->default_value("0.05"), "%");
  o.add_options("Trading")("fee", "of the pool, %", text()->default_value("0.3"), "%")(
      "refill-delay", "seconds before arbitrage restores the pool", text()->default_value("0"), "S")(
      "depth-factor", "share of the liquidity left once the market has halved", text()->default_value("1"), "F")(
      "gas", "gwei [30; the generated market brings its own]", text(), "GWEI")(
      "gas-file", "unix_seconds,gas_price_gwei or ..._wei", text(), "FILE")(
      "native", "price of the gas token, base currency [the first collateral is it]", text(), "P")(
      "tank", "gas tokens to spend [no limit]", text(), "N")(
      "failure", "% of transactions that revert for no reason of ours", text()->default_value("0"), "%");
  o.add_options("Output")("csv", "write every block of every column", text(), "FILE")(
      "systems", "compare with known systems (Index Coop, Oasis, DeFi Saver, Kamino, Morpho) instead of people")(
      "json", "print the result as JSON instead of the table")(
      "grid", "print the Markdown table of a folder of windows instead (docs/replay.md)", text(), "DIR")(
      "quiet", "no progress")("help", "this text");
  return o;
}

arguments read(const cxxopts::ParseResult& r) {
  arguments a;
  const auto get = [&](const char* name) { return r.count(name) > 0 ? r[name].as<std::string>() : std::string(); };
  const auto value = [&](const char* name) { return number(name, r[name].as<std::string>()); };
  const auto percent = [&](const char* name) { return value(name) / 100.0; };
  const auto whole = [&](const char* name) {
    const double v = value(name);
    require(v == std::floor(v) && v >= 0.0 && v < 9e15, name, "a whole number, not negative", v);
    return static_cast<std::int64_t>(v);
  };

  if (r.count("prices") > 0) a.assets.push_back({"collateral", get("prices")});
  if (r.count("asset") > 0) {
    for (const std::string& pair : r["asset"].as<std::vector<std::string>>()) {
      const std::size_t equals = pair.find('=');
      if (equals == 0 || equals == std::string::npos || equals + 1 == pair.size()) {
        throw user_error(fmt::format("--asset: expected NAME=FILE, given '{}'", pair));
      }
      a.assets.push_back({pair.substr(0, equals), pair.substr(equals + 1)});
    }
  }
  constexpr std::size_t most_assets = 6;
  if (a.assets.size() > most_assets)
    throw user_error(fmt::format("at most {} assets, given {}", most_assets, a.assets.size()));
  for (std::string rest = get("shares"); !rest.empty();) {
    const std::size_t comma = rest.find(',');
    a.shares.push_back(number("shares", rest.substr(0, comma)));
    require(a.shares.back() > 0.0, "shares", "positive", a.shares.back());
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
  }
  const std::size_t assets = a.assets.empty() ? 1 : a.assets.size();
  if (!a.shares.empty() && a.shares.size() != assets) {
    throw user_error(fmt::format("--shares: expected {} numbers, given {}", assets, a.shares.size()));
  }
  a.oracle = get("oracle");
  a.gas_file = get("gas-file");
  a.csv = get("csv");
  a.grid = get("grid");
  a.json = r.count("json") > 0;
  a.systems = r.count("systems") > 0;
  if (a.systems && assets > 1) throw user_error("--systems: they look at one collateral, give one asset");
  a.quiet = r.count("quiet") > 0;
  a.keep_wicks = r.count("keep-wicks") > 0;
  a.allow_gaps = r.count("allow-gaps") > 0;
  if (r.count("from") > 0) a.from = moment("from", get("from"));
  if (r.count("to") > 0) a.to = moment("to", get("to"));
  a.max_age = whole("max-age");
  a.seed = static_cast<std::uint64_t>(whole("seed"));

  a.health = value("health");
  a.debt = value("debt");
  a.debt_share = percent("debt-share");
  a.lt = percent("lt");
  a.ltv = percent("ltv");
  a.bonus = percent("bonus");
  a.borrow_rate = percent("interest");
  a.supply_rate = percent("supply-interest");
  require(a.health > 1.0, "health", "above 1", a.health);
  require(a.debt > 0.0, "debt", "positive", a.debt);
  require(a.debt_share > 0.0, "debt-share", "positive", 100.0 * a.debt_share);
  require(a.lt > 0.0 && a.lt < 1.0, "lt", "between 0 and 100", 100.0 * a.lt);
  require(a.ltv > 0.0 && a.ltv <= a.lt, "ltv", "above 0 and at most --lt", 100.0 * a.ltv);
  require(a.bonus >= 0.0 && a.bonus < 1.0, "bonus", "from 0 to 100", 100.0 * a.bonus);
  require(a.borrow_rate >= 0.0, "interest", "not negative", 100.0 * a.borrow_rate);
  require(a.supply_rate >= 0.0, "supply-interest", "not negative", 100.0 * a.supply_rate);

  const std::string band = get("band").empty() ? r["band"].as<std::string>() : get("band");
  const std::size_t slash = band.find('/');
  if (slash == std::string::npos) throw user_error(fmt::format("--band: expected LOWER/TARGET, given '{}'", band));
  a.lower = number("band", band.substr(0, slash));
  a.target = number("band", band.substr(slash + 1));
  a.emergency = value("emergency");
  a.delay = whole("delay");
  a.chunks = static_cast<int>(std::min<std::int64_t>(whole("chunks"), 1'000));
  require(a.chunks >= 1, "chunks", "at least 1", a.chunks);
  a.max_slippage = percent("max-slippage");
  a.premium = percent("premium");
  require(a.lower > 1.0, "band", "above 1 at its lower edge", a.lower);
  require(a.target > a.lower, "band", "rising: the target above the lower edge", a.target);
  require(a.emergency >= 0.0 && a.emergency < a.lower, "emergency", "below the band's lower edge", a.emergency);
  require(a.max_slippage > 0.0 && a.max_slippage < 1.0, "max-slippage", "between 0 and 100", 100.0 * a.max_slippage);
  require(a.premium >= 0.0, "premium", "not negative", 100.0 * a.premium);

  a.fee = percent("fee");
  a.refill_delay = whole("refill-delay");
  a.depth_factor = value("depth-factor");
  a.failure = percent("failure");
  require(a.fee >= 0.0 && a.fee < 1.0, "fee", "from 0 to 100", 100.0 * a.fee);
  require(a.depth_factor > 0.0 && a.depth_factor <= 1.0, "depth-factor", "above 0 and at most 1", a.depth_factor);
  require(a.failure >= 0.0 && a.failure <= 1.0, "failure", "from 0 to 100", 100.0 * a.failure);
  if (r.count("gas") > 0) a.gas = value("gas");
  if (r.count("native") > 0) a.native_price = value("native");
  if (r.count("tank") > 0) a.tank = value("tank");
  require(a.gas.value_or(0.0) >= 0.0, "gas", "not negative", a.gas.value_or(0.0));
  require(a.native_price.value_or(1.0) > 0.0, "native", "positive", a.native_price.value_or(1.0));
  require(a.tank >= 0.0, "tank", "not negative", a.tank);
  if (a.gas && !a.gas_file.empty()) throw user_error("--gas and --gas-file: give one of them");
  return a;
}

}  // namespace

std::optional<arguments> parse(int argc, char** argv) {
  try {
    cxxopts::Options o = options();
    const auto result = o.parse(argc, argv);
    if (result.count("help") > 0) {
      fmt::print("{}", o.help());
      return std::nullopt;
    }
    if (!result.unmatched().empty())
      throw user_error(fmt::format("unexpected argument '{}'", result.unmatched().front()));
    return read(result);
  } catch (const cxxopts::exceptions::exception& e) {
    throw user_error(fmt::format("{} (--help lists the options)", e.what()));
  }
}

}  // namespace replay
