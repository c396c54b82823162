// SPDX-License-Identifier: MIT
// choose_a_band: given an account, a pool, gas and a price history, which band of health is cheapest to keep?
//
//     choose_a_band [--prices FILE] [--collateral 2000000 --debt 1000000 ...] [--picture cost.svg]     (--help lists
//     all)
#include <cxxopts.hpp>
#include <fmt/core.h>

#include <trimtab/forecast.hpp>
#include <trimtab/simulate/daily_observations.hpp>
#include <trimtab/simulate/generated_history.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace trimtab;
using namespace trimtab::forecast;

simulate::price_series read_prices(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file + ": cannot open");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto series = simulate::parse_prices(file, text);
  if (!series) throw std::runtime_error(series.error().text());
  return *std::move(series);
}

/// Volatility over the next 30 days, by models that learn on the history's days.
double forecast_volatility(const simulate::price_series& prices) {
  const auto days = simulate::daily_observations(prices);
  if (days.size() < 35) throw std::runtime_error(fmt::format("35 days of prices are the least, given {}", days.size()));
  const mixture model(ewma{}, har{}, har{.scale = har_scale::level});
  decltype(model)::state_type state;
  for (const auto& d : days) state = model.step(state, d.seen);
  constexpr double month = 30.0 / 365.0;
  return std::sqrt(model.variance(state, month) / month);
}

/// The same target with both widths, in ln health, times a factor.
log_band widened(const log_band& b, double factor) {
  return {b.target - factor * (b.target - b.lower), b.target, b.target + factor * (b.upper - b.target)};
}

/// Cost against width, by gnuplot. @return whether it was there to draw
bool draw(const std::string& file, const band_economics& e, const best_band& best) {
  std::FILE* plot = popen("gnuplot", "w");
  if (plot == nullptr) return false;
  std::fprintf(
      plot,
      "set terminal svg size 760,460 font 'sans,13' background '#ffffff'\nset output '%s'\n"
      "set title 'Cost of keeping health in a band back to %.3f'\nset xlabel 'width, 1 = recommended (%.3f to "
      "%.3f)'\nset ylabel 'a year'\nset logscale x 2\nset xrange [0.25:4]\nset yrange [0:%g]\nset key top center\n"
      "set grid lc rgb '#dddddd'\nset arrow from 1, graph 0 to 1, graph 1 nohead dt 2 lc rgb '#888888'\n"
      "plot '-' w l lw 3 lc rgb '#1b6ca8' t 'all', '-' w l lw 2 lc rgb '#d1495b' t 'trading and gas', '-' w l lw 2 "
      "lc rgb '#66a182' t 'off the wanted health', '-' w l lw 2 lc rgb '#edae49' t 'liquidations'\n",
      file.c_str(), best.band.target, best.band.lower, best.band.upper, 3.0 * best.cost.per_year);
  for (int curve = 0; curve < 4; ++curve) {
    for (double f = 0.25; f <= 4.0; f *= 1.02) {
      const auto c = cost_in_logs(e, widened(best.logs, f));
      if (!c) continue;
      const std::array parts{c->per_year, c->gas + c->trading, c->tracking, c->latency + c->jumps};
      std::fprintf(plot, "%g %g\n", f, parts[static_cast<std::size_t>(curve)]);
    }
    std::fprintf(plot, "e\n");
  }
  return pclose(plot) == 0;
}

void line(const char* label, const band_economics& e, const log_band& band, double years) {
  const auto c = cost_in_logs(e, band);
  const health_band h = exp_of(band);
  if (!c) {
    fmt::print("{:<16} {:7.4f} {:7.4f} {:7.4f}   cannot be kept: {}\n", label, h.lower, h.target, h.upper,
               name(c.error()));
    return;
  }
  fmt::print("{:<16} {:7.4f} {:7.4f} {:7.4f} {:9.0f} {:9.0f} {:9.0f} {:9.2f} {:9.0f} {:8.1f} {:12.2g}\n", label,
             h.lower, h.target, h.upper, c->per_year, c->gas + c->trading, c->tracking, c->latency + c->jumps,
             c->cycle_years * 365.0, c->trades_per_year, policy_risk(e, h, band.target, years));
}

cxxopts::Options options() {
  cxxopts::Options o("choose_a_band", "The band of health that is cheapest to keep.\n");
  o.set_width(110);
  const auto number = [](const char* text) { return cxxopts::value<double>()->default_value(text); };
  o.add_options("Account")("collateral", "value, currency", number("2000000"), "C")(
      "debt", "value, currency", number("1000000"), "D")("lt", "liquidation threshold, %", number("83"), "%")(
      "wanted", "health one would hold if trading were free [that of the account]", number("0"), "H")(
      "risk-aversion", "relative: 1 maximises growth", number("2"), "G")(
      "bonus", "of a liquidator, %", number("5"), "%")("close-factor", "share of the debt repaid in a liquidation, %",
                                                       number("50"), "%")(
      "supply", "interest on the collateral, % a year", number("2"), "%")(
      "borrow", "on the debt, % a year", number("4"), "%")("growth", "expected of the price, % a year", number("0"),
                                                           "%");
  o.add_options("Market")("prices", "hourly price file [a generated history]", cxxopts::value<std::string>(), "FILE")(
      "pool", "value of one side of the constant-product pool", number("50000000"), "R")(
      "fee", "of the pool, bp", number("5"), "BP")("gas", "per trade, currency", number("20"), "G")(
      "latency", "from the breach to the fill, seconds", number("120"), "S")(
      "jumps", "a year, downwards", number("6"), "N")("jump-size", "their mean, %", number("4"), "%");
  o.add_options("Wishes")("risk", "of liquidation while a trade is in flight", number("0.0001"), "P")(
      "years", "horizon of the probabilities", number("1"), "Y")("max-slippage", "of a trade, %", number("1"), "%")(
      "opening-risk", "of liquidation over the horizon, for the opening health", number("0.01"), "P")(
      "picture", "draw the cost curve (needs gnuplot)", cxxopts::value<std::string>(), "FILE.svg")("help", "this text");
  return o;
}

}  // namespace

int main(int argc, char** argv) try {
  auto o = options();
  const auto given = o.parse(argc, argv);
  if (given.count("help") != 0) {
    fmt::print("{}", o.help());
    return 0;
  }
  const auto number = [&](const char* option) { return given[option].as<double>(); };
  const double collateral = number("collateral"), debt = number("debt"), threshold = number("lt") / 100.0;
  if (!(collateral > 0.0) || !(debt > 0.0)) throw std::runtime_error("--collateral and --debt must be above 0");
  const double health = threshold * collateral / debt;
  const auto prices =
      given.count("prices") != 0 ? read_prices(given["prices"].as<std::string>()) : simulate::generated_history();
  const double volatility = forecast_volatility(prices);

  band_economics e{.health = {.drift = (number("growth") + number("supply") - number("borrow")) / 100.0 -
                                       0.5 * volatility * volatility,
                              .volatility = volatility},
                   .jumps = {.rate = number("jumps"), .up_share = 0.0, .down_decay = 100.0 / number("jump-size")},
                   .threshold = threshold,
                   .equity = collateral - debt,
                   .gas = number("gas"),
                   .cost = number("fee") / 1e4,
                   .impact = 1.0 / number("pool"),
                   .latency = number("latency") / static_cast<double>(year.count()),
                   .loss = number("bonus") / 100.0 * number("close-factor") / 100.0 * debt,
                   .wanted = number("wanted") > 0.0 ? number("wanted") : health};
  if (const errc bad = e.validate(); bad != errc::ok)
    throw std::runtime_error(fmt::format("the account and its market are refused: {}", name(bad)));
  e.tracking = tracking_for(number("risk-aversion"), e);
  const auto best = best_band_of(e, {.latency_risk = number("risk")});
  if (!best) throw std::runtime_error(fmt::format("no band can be recommended: {}", name(best.error())));

  const double years = number("years");
  fmt::print("health {:.4f}, volatility {:.1f} % expected over the next 30 days\n\n", health, 100.0 * volatility);
  fmt::print("{:<16} {:>7} {:>7} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>12}\n", "", "lower", "target", "upper",
             "a year", "trading", "tracking", "liquid.", "days", "trades", "P(liquid.)");
  line("recommended", e, best->logs, years);
  line("small-cost rule", e, log_of(best->rule), years);
  const double z = std::log(e.wanted);
  line("fixed 10 %", e, {z + std::log(0.9), z, z + std::log(1.1)}, years);
  std::array<char, 1024> words{};
  fmt::print("\n{}\n", explain(*best, e, words));

  const auto open = opening_of(
      e, best->band, {.risk = number("opening-risk"), .years = years, .max_slippage = number("max-slippage") / 100.0});
  if (open) {
    fmt::print(
        "\nwith this band, open at a health of {:.4f} or more for a risk of {:g} over {:g} year(s), and owe at most "
        "{:.0f}\n",
        open->health, number("opening-risk"), years, open->debt_ceiling);
  } else {
    fmt::print("\nno opening health has a risk of {:g} over {:g} year(s): {}\n", number("opening-risk"), years,
               name(open.error()));
  }
  if (given.count("picture") != 0 && !draw(given["picture"].as<std::string>(), e, *best))
    throw std::runtime_error("the picture needs gnuplot (Debian: gnuplot-nox)");
  return 0;
} catch (const std::exception& fault) {
  fmt::print(stderr, "choose_a_band: {}\n", fault.what());
  return 2;
}
