// SPDX-License-Identifier: MIT
// How fast does health move? One account of ETH, staked ETH and a pool position that owes dollars: its deltas and
// gammas, when it would be liquidated, and what the delta–gamma forecast of its health is worth against revaluation.
//
//     example_sensitivity [picture.svg]      with a file name, gnuplot draws the forecast
#include <trimtab/instrument.hpp>
#include <trimtab/trimtab.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace trimtab;
using instrument::liquid_staking_token;
using instrument::range_position;
using instrument::token;

// The world has three prices. stETH is a price of its own: it follows ETH until the day it does not.
enum : std::uint16_t { eth, steth, usdc };
constexpr const char* underlying[] = {"ETH", "stETH", "USDC"};
constexpr std::array<double, 3> world{3000.0, 2997.0, 1.0};

// What can be held, each with the prices it reads: leg k prices slot k of the form.
using any_leg = instrument::leg<instrument::one_of<token, liquid_staking_token, range_position>>;
const std::array<any_leg, 4> legs{{
    {token{}, {eth}},
    {liquid_staking_token{.rate = 1.18, .snapshot_rate = 1.17, .max_yearly_growth = 0.09, .elapsed = 0.25}, {steth}},
    {range_position{.liquidity = 1100.0, .lower = 1900.0, .upper = 4100.0}, {eth, usdc}},
    {token{}, {usdc}},
}};
constexpr const char* slot_name[] = {"ETH", "wstETH", "ETH/USDC position", "USDC"};

// The account, as the lending market sees it: amounts with their liquidation thresholds, and a debt.
form<> position() {
  form<> f;
  static_cast<void>(f.collateral.add({.amount = 10.0, .weight = 0.83, .slot = {0}, .asset = {0}}));
  static_cast<void>(f.collateral.add({.amount = 15.0, .weight = 0.80, .slot = {1}, .asset = {1}}));
  static_cast<void>(f.collateral.add({.amount = 1.0, .weight = 0.65, .slot = {2}, .asset = {2}}));
  static_cast<void>(f.debt.add({.amount = 62'000.0, .weight = 1.0, .slot = {3}, .asset = {3}}));
  return f;
}

std::vector<double> prices_at(std::span<const double> u) {
  std::vector<double> p(legs.size());
  static_cast<void>(instrument::slot_prices<double>(std::span<const any_leg>(legs), u, std::span<double>(p)));
  return p;
}

// ETH and stETH fall and rise together.
std::array<double, 3> moved(double by) {
  return {world[eth] * (1.0 + by), world[steth] * (1.0 + by), world[usdc]};
}

struct point {
  double move, revalued;
  std::optional<double> forecast{}, bound{};
};

point forecast_at(const form<>& account, double by) {
  const auto u = moved(by);
  const std::array<double, 3> shock{u[eth] - world[eth], u[steth] - world[steth], 0.0};
  const std::vector<double> p = prices_at(u);
  point out{by, health_factor(account, oracle_prices<double>(std::span<const double>(p)))};
  if (const auto near = sensitivity::delta_gamma_health(account, std::span<const any_leg>(legs), world, shock))
    out.forecast = near->health, out.bound = near->bound;
  return out;
}

// Above: both curves and the level at which the account is liquidated. Below: what the forecast is off by, inside its
// bound. @return whether gnuplot was there to draw them
bool draw(const std::string& file, const form<>& account) {
  std::FILE* plot = popen("gnuplot", "w");
  if (plot == nullptr) return false;
  std::fprintf(plot, "$health << EOD\n");
  for (int by = -40; by <= 40; ++by) {
    const point at = forecast_at(account, by / 100.0);
    std::fprintf(plot, "%d %.8f", by, at.revalued);
    if (at.forecast) std::fprintf(plot, " %.8f %.8f %.8f", *at.forecast, *at.forecast - at.revalued, *at.bound);
    std::fprintf(plot, "\n");
  }
  std::fprintf(plot,
               "EOD\nset encoding utf8\n"
               "set terminal svg size 760,560 font 'sans,13' background '#ffffff'\nset output '%s'\n"
               "set multiplot layout 2,1\nset grid lc '#dddddd'\nset xrange [-40:40]\nset key top left Left reverse\n"
               "set lmargin 10\nset ylabel 'health factor'\n"
               "plot $health using 1:2 with lines lw 3 lc '#1b5e91' title 'revalued', "
               "$health using 1:3 with points pt 7 ps 0.4 lc '#d95f02' title 'delta–gamma', "
               "1 with lines dt 2 lc '#aa0000' title 'liquidation'\n"
               "set ylabel 'forecast − revalued'\nset xlabel 'move of ETH and stETH, %%'\n"
               "plot $health using 1:(-$5):5 with filledcurves fs solid 0.3 lc '#d95f02' title 'error bound', "
               "$health using 1:4 with lines lw 2 lc '#1b5e91' title 'error'\nunset multiplot\n",
               file.c_str());
  return pclose(plot) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const form<> account = position();
  const std::vector<double> p = prices_at(world);
  const oracle_prices<double> prices{std::span<const double>(p)};
  const std::span<const any_leg> held(legs);

  std::printf("1. What is held, and what it is worth\n\n");
  for (std::size_t k = 0; k < legs.size(); ++k) std::printf("   %-18s %12.2f a unit\n", slot_name[k], p[k]);
  const auto health = sensitivity::health_greeks(account, prices);
  const auto log_health = sensitivity::log_health_greeks(account, prices);
  const auto equity = sensitivity::equity_greeks(account, prices);
  std::printf("\n   health %.4f    equity %.0f    leverage %.2f\n", health.value, equity.value,
              sensitivity::leverage_greeks(account, prices).value);

  std::printf("\n2. Delta: what a rise of 1 %% does\n\n   %-8s %14s %16s %14s\n", "", "health", "health, in %",
              "equity");
  const auto h = sensitivity::chain_rule(health, held, world);
  const auto l = sensitivity::chain_rule(log_health, held, world);
  const auto e = sensitivity::chain_rule(equity, held, world);
  double sum = 0.0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double one_per_cent = world[i] / 100.0;
    sum += l.delta[i] * world[i];
    std::printf("   %-8s %14.5f %16.5f %14.2f\n", underlying[i], h.delta[i] * one_per_cent, l.delta[i] * world[i],
                e.delta[i] * one_per_cent);
  }
  std::printf("   Elasticities sum to %.1f: a ratio does not move when all prices do.\n", std::fabs(sum));

  std::printf("\n3. Gamma: what those deltas do after 1 %%, in 1e-5 of health\n\n   %-8s", "");
  for (const char* name : underlying) std::printf(" %10s", name);
  for (std::size_t i = 0; i < 3; ++i) {
    std::printf("\n   %-8s", underlying[i]);
    for (std::size_t j = 0; j < 3; ++j) std::printf(" %10.3f", h.gamma(i, j) * world[i] * world[j] * 1e-4 * 1e5);
  }
  std::printf("\n   The pool position is short gamma in ETH; the debt alone bends health in USDC.\n");

  std::printf("\n4. Theta: a year of 2.9 %% earned on wstETH and 6 %% paid on the debt\n\n");
  const double earned[] = {0.0, 0.029, 0.0}, paid[] = {0.06};
  const auto theta = sensitivity::theta(account, prices, {.supply = earned, .borrow = paid});
  std::printf("   ln health moves by %.4f a year, health by %.4f\n", theta->log_theta, theta->theta);

  std::printf("\n5. Where it ends\n\n");
  for (const std::size_t which : {std::size_t{eth}, std::size_t{steth}}) {
    const auto range = sensitivity::safe_range_of(account, held, world, which);
    if (range->ends_below)
      std::printf("   %s alone: liquidated at %.2f, a fall of %.1f %%\n", underlying[which], range->low,
                  100.0 * (1.0 - range->low / world[which]));
    else
      std::printf("   %s alone: no price of it ends the account\n", underlying[which]);
  }

  std::printf(
      "\n6. The delta–gamma forecast against revaluation, ETH and stETH together\n\n   %6s %10s %10s %10s %10s\n",
      "move", "revalued", "forecast", "error", "bound");
  for (int by = -40; by <= 40; by += 10) {
    const point at = forecast_at(account, by / 100.0);
    if (at.forecast)
      std::printf("   %+5d%% %10.4f %10.4f %10.5f %10.5f\n", by, at.revalued, *at.forecast, *at.forecast - at.revalued,
                  *at.bound);
    else
      std::printf("   %+5d%% %10.4f %10s   the position leaves its range: revalue\n", by, at.revalued, "-");
  }
  if (argc < 2) return 0;
  if (draw(argv[1], account)) return 0;
  std::fprintf(stderr, "the picture needs gnuplot (Debian: gnuplot-nox)\n");
  return 1;
}
