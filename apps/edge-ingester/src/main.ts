import { readSetting, runApp } from '@waybill/platform';
import { destinationDescriptors, sourceDescriptors } from '@waybill/registry';
import { Edge } from './edge.ts';
import { edgeModule } from './edge-module.ts';

await runApp({
  name: 'edge-ingester',
  plan: async log => {
    const setting = await readSetting(log, {
      sources: sourceDescriptors,
      destinations: destinationDescriptors,
    });
    return {
      module: edgeModule(setting, log),
      port: setting.environment.port,
      host: setting.environment.host,
      database: setting.check,
      databasePatience: 'wait',
      begin: app => app.get(Edge).begin(),
      end: () => setting.database.$disconnect(),
    };
  },
});
