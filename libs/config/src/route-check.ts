import type { ParsedConfig } from './config-schema.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Finding } from './issue-sentence.ts';
import type { Path } from './yaml-text.ts';

/** Everything that names something else must name what is there, once. */
export function referenceFindings(config: ParsedConfig): Finding[] {
  return [
    ...twice(
      config.sources.map(({ name }) => name),
      'source',
      'sources',
    ),
    ...twice(
      config.destinations.map(({ name }) => name),
      'destination',
      'destinations',
    ),
    ...config.routes.flatMap((route, index) => routeFindings(config, route, index)),
    ...sourcesWithoutRoute(config),
  ];
}

function twice(names: readonly string[], what: string, list: string): Finding[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          {
            path: [list, index, 'name'],
            sentence: `there are two ${list} named "${name}". Give each ${what} a name of its own.`,
          },
        ],
  );
}

function routeFindings(
  config: ParsedConfig,
  route: ParsedConfig['routes'][number],
  index: number,
): Finding[] {
  const sources = config.sources.map(({ name }) => name);
  const path: Path = ['routes', index];
  if (!sources.includes(route.from)) {
    return [
      {
        path: [...path, 'from'],
        sentence: `a route starts from "${route.from}", which is no source. ${didYouMean(route.from, sources, 'sources')}`,
      },
    ];
  }
  if (config.routes.findIndex(({ from }) => from === route.from) !== index) {
    return [
      {
        path: [...path, 'from'],
        sentence: `the source "${route.from}" has two routes. Join them: one route may deliver to several destinations.`,
      },
    ];
  }
  return stepFindings(config, route, path);
}

function stepFindings(
  config: ParsedConfig,
  { from, deliver }: ParsedConfig['routes'][number],
  path: Path,
): Finding[] {
  const destinations = config.destinations.map(({ name }) => name);
  const steps = deliver.map(({ to }) => to);
  const where = `route from "${from}": `;
  const found = deliver.flatMap(({ to, after }, index): Finding[] => {
    const here = [...path, 'deliver', index];
    if (!destinations.includes(to)) {
      return [
        {
          path: here,
          sentence: `${where}it delivers to "${to}", which is no destination. ${didYouMean(to, destinations, 'destinations')}`,
        },
      ];
    }
    if (steps.indexOf(to) !== index) {
      return [{ path: here, sentence: `${where}it delivers to "${to}" twice. Remove one.` }];
    }
    return after
      .filter(name => !steps.includes(name))
      .map(name => ({
        path: [...here, 'after'],
        sentence: `${where}"${to}" waits for "${name}", to which this route does not deliver. ${didYouMean(
          name,
          steps.filter(step => step !== to),
          'other destinations of the route',
        )}`,
      }));
  });
  const waiting = inCircle(deliver);
  if (found.length > 0 || waiting === undefined) return found;
  const path_ = [...path, 'deliver', steps.indexOf(waiting[0] ?? ''), 'after'];
  return [
    {
      path: path_,
      sentence: `${where}${waiting.map(name => `"${name}"`).join(' waits for ')}, which never ends. Remove one "after".`,
    },
  ];
}

/** Names of a circle of "after", its first one repeated at the end. */
function inCircle(
  deliver: readonly { readonly to: string; readonly after: readonly string[] }[],
): string[] | undefined {
  const after = new Map(deliver.map(step => [step.to, step.after]));
  const finished = new Set<string>();
  const visit = (name: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (finished.has(name)) return undefined;
    for (const next of after.get(name) ?? []) {
      const circle = visit(next, [...trail, name]);
      if (circle !== undefined) return circle;
    }
    finished.add(name);
    return undefined;
  };
  for (const { to } of deliver) {
    const circle = visit(to, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

function sourcesWithoutRoute({ sources, routes }: ParsedConfig): Finding[] {
  return sources.flatMap(({ name }, index) =>
    routes.some(({ from }) => from === name)
      ? []
      : [
          {
            path: ['sources', index],
            sentence: `the source "${name}" has no route. Add one, such as { from: ${name}, deliver: [] } to take its files to S3 alone.`,
          },
        ],
  );
}
