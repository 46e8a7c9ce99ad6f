// What a start of Node alone costs on this machine.
process.on('disconnect', () => process.exit());
process.send?.('started');
