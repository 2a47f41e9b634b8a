import { readSetting, runApp } from '@waybill/platform';
import { destinationDescriptors, sourceDescriptors } from '@waybill/registry';
import { FinalizerService } from './finalizer-service.ts';
import { finalizerModule } from './finalizer-module.ts';

await runApp({
  name: 'cloud-finalizer',
  plan: async log => {
    const setting = await readSetting(log, {
      sources: sourceDescriptors,
      destinations: destinationDescriptors,
    });
    return {
      module: finalizerModule(setting, log),
      port: setting.environment.port,
      host: setting.environment.host,
      database: setting.check,
      databasePatience: 'exit',
      begin: app => app.get(FinalizerService).begin(),
      end: () => setting.database.$disconnect(),
    };
  },
});
